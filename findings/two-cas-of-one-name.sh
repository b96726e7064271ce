#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Of two trusted CA certificates with one name, OpenSSL tries only the first,
# GnuTLS only the last and NSS only the newer one.
#
#   Software    OpenSSL 3.0, GnuTLS 3.7.9 (certtool), NSS 3.87.1 (vfychain),
#               Debian 12
#   Input       two self-signed CA certificates of one name with different keys, as
#               a CA has them that renewed its key, both valid and trusted; one
#               certificate by each of them, with no authorityKeyIdentifier (X.509
#               has it optional; RFC 5280 asks CAs for it). The CA certificates in
#               both orders.
#   Seen        OpenSSL takes what the first CA of the file signed and says
#               "certificate signature failure" for the other; GnuTLS the last of
#               the file, else "The signature in the certificate is invalid"; NSS's
#               ordinary verifier the newer one in any order, else "Peer's
#               certificate has an invalid signature". NSS's PKIX verifier takes all.
#   Expected    every certificate is good: its issuer is among the trusted CAs, and a
#               signature tells which one it is.
#   Why         Somebody who adds a renewed CA certificate to a file loses either the
#               old certificates or the new ones, by the order and by the program,
#               and reads of a broken signature instead of an issuer not found. An
#               authorityKeyIdentifier cures all three.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and openssl. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download libnss3=2:3.87.1-1+deb12u2 \
    libnss3-tools=2:3.87.1-1+deb12u2 libnspr4=2:4.35-1 \
    libsqlite3-0=3.40.1-2+deb12u2 \
    gnutls-bin=3.7.9-2+deb12u7 >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"
bin=$work/root/usr/bin

cat >ca.cnf <<'END'
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[person]
keyUsage = critical, digitalSignature
authorityKeyIdentifier = none
END

# make CA DAYS: its certificate, and one that it signed.
make() {
    openssl req -x509 -config ca.cnf -extensions ca -newkey rsa:2048 -nodes \
        -keyout "$1.key" -out "$1.pem" -subj '/O=eID/CN=CA' -days "$2" 2>log
    openssl req -config ca.cnf -newkey rsa:2048 -nodes -keyout person.key \
        -out person.csr -subj "/O=eID/CN=signed by $1" 2>log
    openssl x509 -req -in person.csr -CA "$1.pem" -CAkey "$1.key" -days 7 \
        -extfile ca.cnf -extensions person -out "by-$1.pem" 2>log
}
make old 30
sleep 2
make new 60

# judge PROGRAM COMMAND...: "good" or what it says of the signature.
judge() {
    program=$1
    shift
    if "$@" >said 2>&1; then
        verdict=good
    else
        verdict=$(grep -o -i -e 'certificate signature failure' \
            -e 'The signature in the certificate is invalid' \
            -e 'has an invalid signature' said | head -n 1)
    fi
    echo "$first first, signed by $signer: $program: $verdict"
}

both() {
    mkdir "$first"
    "$bin/certutil" -N -d "sql:$first" --empty-password
    cat "$1.pem" "$2.pem" >cas.pem
    for ca in "$1" "$2"; do
        "$bin/certutil" -A -d "sql:$first" -n "$ca" -t CT,C,C -a -i "$ca.pem"
    done
    for signer in old new; do
        judge OpenSSL openssl verify -CAfile cas.pem "by-$signer.pem"
        judge GnuTLS "$bin/certtool" --verify --load-ca-certificate cas.pem \
            --infile "by-$signer.pem"
        judge NSS "$bin/vfychain" -d "sql:$first" -u 4 -a "by-$signer.pem"
        judge 'NSS PKIX' "$bin/vfychain" -pp -d "sql:$first" -u 4 \
            -a "by-$signer.pem"
    done
}

{
    first=old
    both old new
    first=new
    both new old
} | tee seen

cat >expected <<'END'
old first, signed by old: OpenSSL: good
old first, signed by old: GnuTLS: The signature in the certificate is invalid
old first, signed by old: NSS: has an invalid signature
old first, signed by old: NSS PKIX: good
old first, signed by new: OpenSSL: certificate signature failure
old first, signed by new: GnuTLS: good
old first, signed by new: NSS: good
old first, signed by new: NSS PKIX: good
new first, signed by old: OpenSSL: certificate signature failure
new first, signed by old: GnuTLS: good
new first, signed by old: NSS: has an invalid signature
new first, signed by old: NSS PKIX: good
new first, signed by new: OpenSSL: good
new first, signed by new: GnuTLS: The signature in the certificate is invalid
new first, signed by new: NSS: good
new first, signed by new: NSS PKIX: good
END
if ! cmp -s expected seen; then
    echo 'changed'
    exit 1
fi
