#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Java's PKCS #11 provider cannot sign with a key of CKA_ALWAYS_AUTHENTICATE, though
# it was given the PIN.
#
#   Software    OpenJDK 17.0.19 (SunPKCS11, keytool), SoftHSM 2.6.1, Debian 12
#   Input       two RSA keys of one token with a certificate each, alike but for
#               CKA_ALWAYS_AUTHENTICATE; "keytool -certreq" with the PIN as
#               -storepass, for SHA256withRSA and RSASSA-PSS. GnuTLS signs with the
#               same key and PIN for comparison.
#   Seen        the ordinary key signs the requests. With the other one keytool ends
#               with "PKCS11Exception: CKR_USER_NOT_LOGGED_IN": the provider does not
#               do the log-in (CKU_CONTEXT_SPECIFIC) that such a key wants between
#               C_SignInit and C_Sign.
#   Expected    a signature, or a question for the PIN: it has a callback handler for
#               PINs, and PKCS #11 has this log-in since version 2.20.
#   Why         The signing keys of eID cards and PIV cards are of this kind. The
#               key store lists them as key entries, and the error says that nobody
#               is logged in, just after a log-in that succeeded.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and openssl. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu
. "$(dirname "$0")/java/configuration.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download openjdk-17-jre-headless=17.0.19+10-1~deb12u2 \
    softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 libp11-kit0=0.24.1-2 \
    gnutls-bin=3.7.9-2+deb12u7 >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done
bin=$work/root/usr/bin
java=$work/root/usr/lib/jvm/java-17-openjdk-amd64
softhsm=$work/root/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"
link_configuration "$work/root"

mkdir tokens
echo "directories.tokendir = $work/tokens" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
"$bin/softhsm2-util" --module "$softhsm" --init-token --free --label card \
    --so-pin 12345678 --pin 1234 >log

# write_object ID OPTION...: onto the token.
write_object() {
    id=$1
    shift
    GNUTLS_PIN=1234 "$bin/p11tool" --provider "$softhsm" --login --write \
        --label "key-$id" --id "$id" "$@" pkcs11:token=card >log 2>&1
}
for id in 01 02; do
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$id.key" -out "$id.pem" \
        -subj "/CN=signer $id" 2>log
    write_object "$id" --load-certificate "$id.pem"
done
write_object 01 --load-privkey 01.key --mark-sign
write_object 02 --load-privkey 02.key --mark-sign --mark-always-authenticate

# request ID ALGORITHM: a certificate request by the key; 0 when it is signed.
printf 'name = card\nlibrary = %s\nslotListIndex = 0\n' "$softhsm" >java.cfg
request() {
    if "$java/bin/keytool" -J-Duser.language=en -certreq -alias "key-$1" \
        -sigalg "$2" -providerClass sun.security.pkcs11.SunPKCS11 \
        -providerArg java.cfg -storetype PKCS11 -keystore NONE \
        -storepass 1234 >said 2>&1; then
        echo "key $1: $2: $(grep BEGIN said)"
    else
        echo "key $1: $2: $(grep error said)"
        return 1
    fi
}

if ! request 01 SHA256withRSA || ! request 01 RSASSA-PSS ||
    request 02 SHA256withRSA || ! grep -q CKR_USER_NOT_LOGGED_IN said ||
    request 02 RSASSA-PSS || ! grep -q CKR_USER_NOT_LOGGED_IN said ||
    ! GNUTLS_PIN=1234 "$bin/p11tool" --provider "$softhsm" --login --test-sign \
        'pkcs11:token=card;id=%02;type=private' 2>&1 | grep 'Signing.* ok'; then
    echo 'changed'
    exit 1
fi
