#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pdfsig's signatures are in BER with indefinite lengths, where PDF asks for DER.
#
#   Software    pdfsig of poppler 22.12.0, NSS 3.87.1, Debian 12
#   Input       a PDF signed with pdfsig and a key in an NSS database; the content
#               of its signature as "pdfsig -dump" gives it
#   Seen        the outer SEQUENCE, [0] and SEQUENCE of the signed data in it, and
#               the SEQUENCE of the encapsulated content have an indefinite length.
#   Expected    DER: ISO 32000-1, 12.8.3.3.1 has a DER-encoded PKCS #7 object in
#               Contents for adbe.pkcs7.detached, which the file says it is.
#   Why         A verifier that keeps to the standard may refuse the document. And
#               Contents is filled up with zeros: by its first bytes a DER object
#               tells where it ends, here only a parser of BER finds that out, as
#               zeros are also what ends an element of indefinite length.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and openssl. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu
. "$(dirname "$0")/pdfsig/setup.sh"
get_pdfsig
make_person

"$bin/pdfsig" -nssdir sql:db -add-signature -nick person in.pdf out.pdf >log 2>&1
"$bin/pdfsig" -nssdir sql:db -dump out.pdf
openssl asn1parse -inform DER -in out.pdf.sig0 >parsed
grep 'l=inf' parsed
if [ "$(grep -c 'l=inf' parsed)" != 4 ]; then
    echo 'changed'
    exit 1
fi
