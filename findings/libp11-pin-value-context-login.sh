#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# libp11 takes the PIN in a key's URI for the first log-in and asks the terminal
# for the same PIN when the key is one of CKA_ALWAYS_AUTHENTICATE.
#
#   Software    libp11 0.4.12 (OpenSSL engine pkcs11), OpenSSL 3.0, SoftHSM 2.6.1,
#               GnuTLS 3.7.9 for comparison, Debian 12
#   Input       two RSA keys of one token, alike but for CKA_ALWAYS_AUTHENTICATE;
#               "openssl pkeyutl -sign" with "pin-value=1234" in the key's URI, or
#               with -passin; no terminal
#   Seen        the ordinary key signs with either. For the other one the first
#               log-in succeeds, then libp11 asks "Enter PKCS#11 key PIN for ..."
#               and fails, as there is nobody to answer. GnuTLS signs with this key
#               and pin-value: it gives the PIN both times.
#   Expected    a signature: the URI holds the PIN for the use of this object
#               (RFC 7512), and the second log-in (CKU_CONTEXT_SPECIFIC) wants the
#               same PIN.
#   Why         The signing keys of eID cards and PIV cards ask for each signature.
#               A script can sign with every other key, or with GnuTLS, and the
#               message tells of a user interface and not of a PIN.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, setsid and openssl. Exits 0
# while the behaviour is as told, 1 when it changed, 77 where the packages cannot be
# had.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download libengine-pkcs11-openssl=0.4.12-0.1 libp11-3=0.4.12-0.1 \
    softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 libp11-kit0=0.24.1-2 \
    gnutls-bin=3.7.9-2+deb12u7 >log 2>&1 || {
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
openssl genrsa -out key.pem 2048 2>log

# write_key ID OPTION...: onto the token.
write_key() {
    id=$1
    shift
    GNUTLS_PIN=1234 "$bin/p11tool" --provider "$softhsm" --login --write \
        --load-privkey key.pem --mark-sign "$@" --label "key $id" --id "$id" \
        pkcs11:token=card >log 2>&1
}
write_key 01
write_key 02 --mark-always-authenticate

cat >openssl.cnf <<END
openssl_conf = here
[here]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
dynamic_path = $libraries/engines-3/pkcs11.so
MODULE_PATH = $softhsm
init = 0
END
head -c 32 /dev/zero >digest

# run NAME COMMAND...: without a terminal; 0 when it signs.
run() {
    name=$1
    shift
    if setsid --wait "$@" </dev/null >said 2>&1; then
        echo "$name: signs"
    else
        echo "$name: $(grep -e PIN -e 'error:' said | tr '\n' ' ')"
        return 1
    fi
}

# with_libp11 NAME URI OPTION...
with_libp11() {
    name=$1
    uri=$2
    shift 2
    OPENSSL_CONF=openssl.cnf run "libp11, $name" \
        openssl pkeyutl -sign -engine pkcs11 -keyform engine -in digest \
        -inkey "$uri;type=private" -pkeyopt digest:sha256 -out signature "$@"
}

ordinary='pkcs11:token=card;id=%01'
always='pkcs11:token=card;id=%02'
if ! with_libp11 'ordinary key, pin-value' "$ordinary;pin-value=1234" ||
    ! with_libp11 'ordinary key, -passin' "$ordinary" -passin pass:1234 ||
    with_libp11 'always authenticate, pin-value' "$always;pin-value=1234" ||
    ! grep -q 'Enter PKCS#11 key PIN for key 02' said ||
    with_libp11 'always authenticate, -passin' "$always" -passin pass:1234 ||
    ! grep -q 'Enter PKCS#11 key PIN for key 02' said ||
    ! run 'GnuTLS, always authenticate, pin-value' \
        "$bin/p11tool" --provider "$softhsm" --login --test-sign \
        "$always;type=private;pin-value=1234"; then
    echo 'changed'
    exit 1
fi
