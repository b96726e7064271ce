#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# NSS cannot import a CRL whose issuingDistributionPoint is critical.
#
#   Software    NSS 3.87.1 (crlutil), Debian 12
#   Input       three CRLs of one CA: without an issuingDistributionPoint, with one
#               that is critical, with the same one not critical. OpenSSL 3.0
#               verifies all of them.
#   Seen        crlutil imports the first and the third; for the second it ends
#               with SEC_ERROR_CRL_UNKNOWN_CRITICAL_EXTENSION.
#   Expected    an import. RFC 5280 (5.2.5) has this extension critical, and lets
#               a verifier without support for it take the certificates that are not
#               on the list for unknown; those that are on it stay revoked.
#   Why         CAs of eID cards that split their lists by distribution point, one
#               per municipality for example, issue them just so. A program on NSS
#               cannot use one of them, and is refused exactly by the list that
#               keeps to the standard.
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
cat >crl.cnf <<'END'
[ca]
default_ca = here
[here]
database = index
crlnumber = number
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_days = 7
[without]
authorityKeyIdentifier = keyid
[critical]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @point
[not-critical]
authorityKeyIdentifier = keyid
issuingDistributionPoint = @point
[point]
fullname = URI:http://crl.example.org/1.crl
END
: >index
echo 01 >number

# import NAME: into a database of its own that trusts the CA; 0 when that works.
import() {
    openssl ca -config crl.cnf -gencrl -crlexts "$1" 2>log |
        openssl crl -outform DER -out "$1.crl"
    openssl crl -inform DER -in "$1.crl" -CAfile ca.pem -noout 2>verified
    echo "$1: OpenSSL: $(cat verified)"
    mkdir "$1"
    "$bin/certutil" -N -d "sql:$1" --empty-password
    "$bin/certutil" -A -d "sql:$1" -n ca -t CT,C,C -a -i ca.pem
    if "$bin/crlutil" -I -d "sql:$1" -i "$1.crl" >imported 2>&1; then
        echo "$1: NSS: imported"
    else
        sed "s/^/$1: NSS: /" imported
        return 1
    fi
}

if ! import without || import critical || ! import not-critical; then
    echo 'changed'
    exit 1
fi
