#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# NSS's ordinary verifier refuses certificates with critical certificatePolicies,
# which its PKIX verifier takes.
#
#   Software    NSS 3.87.1 (certutil, vfychain), Debian 12
#   Input       a CA and two signer certificates below it that differ in one thing:
#               certificatePolicies is critical in one of them. OpenSSL 3.0 verifies
#               both.
#   Seen        certutil -V and vfychain refuse the one with "Certificate contains
#               unknown critical extension"; vfychain -pp (PKIX) says that its chain
#               is good. The other one is good for all.
#   Expected    one answer from one library. RFC 5280 (4.2) says that applications
#               must recognize certificatePolicies, and with no policy asked for any
#               policy will do.
#   Why         The certificates of eID cards, Japan's My Number Card for one, have
#               this extension critical. The same card is good or bad for two
#               programs on one NSS, and the message calls unknown what the library
#               knows.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and openssl. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download libnss3=2:3.87.1-1+deb12u2 \
    libnss3-tools=2:3.87.1-1+deb12u2 libnspr4=2:4.35-1 \
    libsqlite3-0=3.40.1-2+deb12u2 >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"
bin=$work/root/usr/bin

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
    -subj '/O=eID/CN=CA' -addext keyUsage=critical,keyCertSign,cRLSign 2>log
mkdir db
"$bin/certutil" -N -d sql:db --empty-password
"$bin/certutil" -A -d sql:db -n ca -t CT,C,C -a -i ca.pem

# issue NAME POLICIES: a signer's certificate, into the database too.
issue() {
    printf 'basicConstraints = CA:FALSE\ncertificatePolicies = %s\n%s\n' \
        "$2" 'keyUsage = critical, digitalSignature' >extensions
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" \
        -subj "/O=eID/CN=$1" 2>log
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 7 \
        -extfile extensions -out "$1.pem" 2>log
    "$bin/certutil" -A -d sql:db -n "$1" -t ,, -a -i "$1.pem"
}

# verify PROGRAM ARGS...: prints what it says in one line; 0 when it agrees.
verify() {
    code=0
    "$@" >said 2>&1 || code=$?
    echo "$(basename "$*"): $code: $(tr -s '\n\t ' ' ' <said)"
    return "$code"
}

issue critical critical,1.2.3.4
issue plain 1.2.3.4

if ! verify openssl verify -CAfile ca.pem critical.pem ||
    verify "$bin/certutil" -V -d sql:db -u S -e -n critical ||
    verify "$bin/vfychain" -d sql:db -u 4 -a critical.pem ||
    ! verify "$bin/vfychain" -pp -d sql:db -u 4 -a critical.pem ||
    ! verify openssl verify -CAfile ca.pem plain.pem ||
    ! verify "$bin/certutil" -V -d sql:db -u S -e -n plain ||
    ! verify "$bin/vfychain" -d sql:db -u 4 -a plain.pem ||
    ! verify "$bin/vfychain" -pp -d sql:db -u 4 -a plain.pem; then
    echo 'changed'
    exit 1
fi
