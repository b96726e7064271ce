#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pdfsig has the token sign twice for one signature in a PDF.
#
#   Software    pdfsig of poppler 22.12.0, NSS 3.87.1, p11-kit 0.24.1 (for its log
#               of calls), SoftHSM 2.6.1, Debian 12
#   Input       a PDF of one page, to be signed once with an RSA key of a token,
#               which NSS reaches through p11-kit's proxy
#   Seen        two C_Sign with the key, each with another digest and with room for
#               the signature; the signed file has one signature, a valid one
#   Expected    one C_Sign: the length of a signature follows from the key, and room
#               for it in the file can be kept without making one.
#   Why         Cards that want their PIN for each signature ask twice for one
#               document, which looks like a first PIN that was wrong; cards and
#               services that count or bill signatures count two, and the holder has
#               signed something that he never sees.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, openssl, unshare, and root for a
# mount namespace with a p11-kit configuration of its own. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu
. "$(dirname "$0")/pdfsig/setup.sh"
get_pdfsig libp11-kit0=0.24.1-2 softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 \
    gnutls-bin=3.7.9-2+deb12u7
unshare -m true 2>log || {
    echo "no namespaces here:"
    cat log
    exit 77
}
softhsm=$libraries/softhsm/libsofthsm2.so

mkdir tokens db
echo "directories.tokendir = $work/tokens" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
"$bin/softhsm2-util" --module "$softhsm" --init-token --free --label card \
    --so-pin 12345678 --pin 1234 >log
openssl req -x509 -newkey rsa:2048 -nodes -keyout person.key -out person.pem \
    -subj '/O=eID/CN=person' -addext keyUsage=critical,digitalSignature 2>log
for object in '--load-privkey person.key --mark-sign' \
    '--load-certificate person.pem'; do
    # shellcheck disable=SC2086 # two or three words
    GNUTLS_PIN=1234 "$bin/p11tool" --provider "$softhsm" --login --write \
        $object --label person --id 01 pkcs11:token=card >log 2>&1
done

# p11-kit finds its files in /etc and /usr/share.
mkdir -p etc/pkcs11/modules share
printf 'module: %s\nlog-calls: yes\n' "$softhsm" \
    >etc/pkcs11/modules/softhsm.module
cp -a /etc/ld.so.cache /etc/passwd /etc/group /etc/nsswitch.conf etc
cat >sign <<'END'
mount --bind etc /etc
mount --bind share /usr/share
"$1/certutil" -N -d sql:db --empty-password
"$1/modutil" -dbdir sql:db -add card -libfile "$2" -force >log 2>&1
"$1/pdfsig" -nssdir sql:db -nss-pwd 1234 -kpw 1234 -add-signature \
    -nick card:person in.pdf out.pdf >calls 2>&1
END
unshare -m sh sign "$bin" "$libraries/libp11-kit.so.0" || :
"$bin/pdfsig" -nssdir sql:db out.pdf >signatures 2>log
grep -e '^Signature #' -e 'Signature Validation' signatures
made=$(grep -a -c '^ *OUT: pSignature = (256)' calls)
echo "C_Sign gave out $made signatures"
if [ "$(grep -c '^Signature #' signatures)" != 1 ] || [ "$made" != 2 ] ||
    ! grep -q 'Signature is Valid' signatures; then
    echo 'changed'
    exit 1
fi
