#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# gpgsm writes about every second signature made through gnupg-pkcs11-scd with a zero
# byte too many. It is gpg-agent that puts it there.
#
#   Software    gpgsm and gpg-agent 2.2.40, gnupg-pkcs11-scd 0.10.0, libksba 1.6.3,
#               SoftHSM 2.6.1, OpenSSL 3.0, Debian 12
#   Input       an RSA-2048 key in a token, and for comparison one in gpg-agent's
#               files; "gpgsm --sign" of several texts with both, and the same hash
#               for PKSIGN of gnupg-pkcs11-scd and of gpg-agent
#   Seen        gnupg-pkcs11-scd always answers with the 256 bytes of the signature.
#               When the first bit of them is set, gpg-agent answers with 257: a
#               zero byte, then these 256. gpgsm puts them all into the CMS file and
#               verifies it; openssl refuses it, "wrong signature length". All other
#               signatures have 256 bytes and are good for both, and so are those
#               of the key in a file whose first bit is set.
#   Expected    256 bytes, always: an RSA signature is an octet string as long as
#               the modulus, and one of another length is invalid (RFC 8017, 8.2.2).
#   Why         Half of the documents that are signed so are invalid for those who
#               check them with openssl, and the signer, who tries them with gpgsm,
#               does not notice.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and openssl. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu

work=$(mktemp -d)
trap leave EXIT
trap 'exit 130' HUP INT TERM
cd "$work"

# leave: no agent either, which ends gnupg-pkcs11-scd and removes its socket.
leave() {
    [ ! -e home/S.gpg-agent ] || ask KILLAGENT || true
    for _ in $(seq 50); do
        [ -e home/S.gpg-agent ] || break
        sleep 0.1
    done
    rm -rf "$work"
}

apt-get -q download gpgsm=2.2.40-1.1+deb12u2 gpg-agent=2.2.40-1.1+deb12u2 \
    gpgconf=2.2.40-1.1+deb12u2 gnupg-pkcs11-scd=0.10.0-2 \
    libpkcs11-helper1=1.29.0-1 libassuan0=2.5.5-5 libksba8=1.6.3-2 \
    libgcrypt20=1.10.1-3+deb12u1 libnpth0=1.6-3 libreadline8=8.2-1.3 \
    softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 gnutls-bin=3.7.9-2+deb12u7 \
    libp11-kit0=0.24.1-2 \
    >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done
libraries=$work/root/usr/lib/x86_64-linux-gnu
softhsm=$libraries/softhsm/libsofthsm2.so
bin=$work/root/usr/bin
export LD_LIBRARY_PATH="$libraries"

mkdir tokens
echo "directories.tokendir = $work/tokens" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
"$bin/softhsm2-util" --module "$softhsm" --init-token --free --label card \
    --so-pin 12345678 --pin 1234 >log
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out token.pem \
    -subj /CN=token -addext keyUsage=critical,digitalSignature 2>log
for object in '--load-privkey key.pem --mark-sign' \
    '--load-certificate token.pem'; do
    # shellcheck disable=SC2086 # two or three words
    GNUTLS_PIN=1234 "$bin/p11tool" --provider "$softhsm" --login --write \
        $object --label signer --id 01 pkcs11:token=card >log 2>&1
done

mkdir -m 700 home
export GNUPGHOME="$work/home"
cat >home/gpgsm.conf <<END
agent-program $bin/gpg-agent
disable-crl-checks
disable-dirmngr
include-certs 1
END
cat >home/gpg-agent.conf <<END
scdaemon-program $bin/gnupg-pkcs11-scd
pinentry-program $work/pinentry
END
cat >home/gnupg-pkcs11-scd.conf <<END
providers token
provider-token-library $softhsm
END
# It types the token's PIN.
cat >pinentry <<'END'
#!/bin/sh
echo OK
while read -r command _; do
    [ "$command" != GETPIN ] || echo 'D 1234'
    echo OK
    [ "$command" != BYE ] || exit
done
END
chmod +x pinentry

# ask COMMAND...: the agent; its answers but for those to /datafile are in a file.
ask() {
    "$bin/gpg-connect-agent" --no-autostart "$@" /bye >answers 2>&1
}

# print_of CERTIFICATE
print_of() {
    openssl x509 -in "$1" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g'
}

"$bin/gpg-agent" --daemon >log 2>&1
"$bin/gpgsm" --batch --gen-key --output file.pem 2>log <<END
Key-Type: RSA
Key-Length: 2048
Key-Usage: sign
Name-DN: CN=file
Serial: random
%no-protection
END
for certificate in token.pem file.pem; do
    echo "$(print_of $certificate) S relax" >>home/trustlist.txt
done
ask RELOADAGENT
"$bin/gpgsm" --import file.pem 2>log
"$bin/gpgsm" --learn-card 2>log
ask 'SCD LEARN --force'
key=$(sed -n 's/^S KEYPAIRINFO //p' answers)

# shape HEX: of a signature.
shape() {
    case ${#1}:$1 in
    512:[0-7]*) echo '256 bytes, first bit clear' ;;
    512:*) echo '256 bytes, first bit set' ;;
    514:00[89A-F]*) echo '257 bytes, zero first' ;;
    *) echo "$((${#1} / 2)) bytes" ;;
    esac
}

# verdict COMMAND...
verdict() {
    if "$@" >log 2>&1; then
        echo good
    else
        grep -o 'wrong signature length' log || echo fails
    fi
}

# sign NAME: "data" with the key of this certificate, and says what became of it.
# openssl looks at the signature only, not at the certificate.
sign() {
    "$bin/gpgsm" --yes --local-user "$(print_of "$1.pem")" --output signed \
        --sign data 2>log
    signature=$(openssl asn1parse -inform DER -in signed |
        sed -n 's/.*OCTET STRING *\[HEX DUMP\]://p' | tail -n 1)
    echo "key in a $1: $(shape "$signature");" \
        "gpgsm: $(verdict "$bin/gpgsm" --verify signed);" \
        "openssl: $(verdict openssl cms -verify -noverify -inform DER -in signed)"
}

# hex FILE
hex() {
    od -An -v -tx1 "$1" | tr -d ' \n' | tr a-f A-F
}

# ask_both: for the signature of the hash of "data", and says what they answer.
ask_both() {
    rm -f by-scd by-agent
    hash=$(openssl dgst -sha256 -r data | cut -d ' ' -f 1)
    ask '/datafile by-scd' "SCD SETDATA $hash" \
        "SCD PKSIGN --hash=sha256 ${key#* }"
    ask '/datafile by-agent' "SIGKEY ${key%% *}" "SETHASH --hash=sha256 $hash" \
        PKSIGN
    by_scd=$(hex by-scd)
    # A canonical S-expression: (7:sig-val(3:rsa(1:sLENGTH:SIGNATURE)))
    case $(hex by-agent) in
    *"3A${by_scd}292929") by_agent='the same' ;;
    *"3A00${by_scd}292929") by_agent='zero first, then the same' ;;
    *) by_agent='something else' ;;
    esac
    echo "scd: $(shape "$by_scd"); gpg-agent: $by_agent"
}

cat >expected <<'END'
key in a file: 256 bytes, first bit clear; gpgsm: good; openssl: good
key in a file: 256 bytes, first bit set; gpgsm: good; openssl: good
key in a token: 256 bytes, first bit clear; gpgsm: good; openssl: good
key in a token: 257 bytes, zero first; gpgsm: good; openssl: wrong signature length
scd: 256 bytes, first bit clear; gpg-agent: the same
scd: 256 bytes, first bit set; gpg-agent: zero first, then the same
END
: >seen
for try in $(seq 20); do
    echo "$try" >data
    for key_in in file token; do
        sign "$key_in" >>seen
    done
    ask_both >>seen
    LC_ALL=C sort -u -o seen seen
    [ "$(wc -l <seen)" -lt 6 ] || break
done
cat seen
if ! cmp -s seen expected; then
    echo 'changed'
    exit 1
fi
