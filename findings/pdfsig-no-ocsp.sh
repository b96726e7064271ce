#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pdfsig -no-ocsp says "Unknown issue with Certificate or corrupted data" of
# certificates that it trusts without the option.
#
#   Software    pdfsig of poppler 22.12.0, NSS 3.87.1, Debian 12
#   Input       a PDF signed with pdfsig. The signer's certificate names no OCSP
#               responder, its CA is trusted in the NSS database.
#   Seen        pdfsig: "Certificate is Trusted."; pdfsig -no-ocsp: "Unknown issue
#               with Certificate or corrupted data." The signature is valid both
#               times, and the exit code is 0.
#   Expected    the same answer: by the manual page the option leaves out the
#               revocation check by OCSP, and here is nothing to be left out.
#   Why         The option is for machines without a network and for CAs whose
#               responders are not public, as those of eID cards often are. It
#               takes away the answer it was meant to allow, and the message makes
#               a sound document look corrupted.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and openssl. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu
. "$(dirname "$0")/pdfsig/setup.sh"
get_pdfsig
make_person

"$bin/pdfsig" -nssdir sql:db -add-signature -nick person in.pdf out.pdf >log 2>&1

# judge ARGS...: what pdfsig says of the signature and the certificate.
judge() {
    code=0
    "$bin/pdfsig" -nssdir sql:db "$@" out.pdf >said 2>&1 || code=$?
    echo "pdfsig $*: exit code $code"
    grep Validation: said
    grep -q 'Signature is Valid' said && [ "$code" = 0 ]
}

if ! judge || ! grep -q 'Certificate is Trusted' said ||
    ! judge -no-ocsp || ! grep -q 'Unknown issue with Cert' said; then
    echo 'changed'
    exit 1
fi
