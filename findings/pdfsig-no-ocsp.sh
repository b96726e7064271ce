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

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download poppler-utils=22.12.0-2+deb12u2 \
    libpoppler126=22.12.0-2+deb12u2 libnss3=2:3.87.1-1+deb12u2 \
    libnss3-tools=2:3.87.1-1+deb12u2 libnspr4=2:4.35-1 \
    libsqlite3-0=3.40.1-2+deb12u2 libfreetype6=2.12.1+dfsg-5+deb12u4 \
    libfontconfig1=2.14.1-4 libexpat1=2.5.0-1+deb12u2 \
    libjpeg62-turbo=1:2.1.5-2 libopenjp2-7=2.5.0-2+deb12u3 \
    liblcms2-2=2.14-2+deb12u1 libpng16-16=1.6.39-2+deb12u5 \
    libtiff6=4.5.0-6+deb12u4 libbrotli1=1.0.9-2+b6 \
    libwebp7=1.2.4-0.2+deb12u1 libjbig0=2.1-6.1 libdeflate0=1.14-1 \
    liblerc4=4.0.0+ds-2 fonts-dejavu-core=2.37-6 >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"
bin=$work/root/usr/bin

# A font for the field of the signature.
cat >fonts.conf <<END
<fontconfig>
<dir>$work/root/usr/share/fonts</dir>
<cachedir>$work/cache</cachedir>
</fontconfig>
END
export FONTCONFIG_FILE="$work/fonts.conf"

# A document of one empty page.
cat >in.pdf <<'END'
%PDF-1.7
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>
endobj
END
{
    printf 'xref\n0 4\n'
    printf '%010d %05d %s \n' 0 65535 f 9 0 n 58 0 n 115 0 n
    printf 'trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n186\n%%%%EOF\n'
} >>in.pdf

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
    -subj '/O=eID/CN=CA' -addext keyUsage=critical,keyCertSign,cRLSign 2>log
openssl req -newkey rsa:2048 -nodes -keyout person.key -out person.csr \
    -subj '/O=eID/CN=person' 2>log
echo 'keyUsage = critical, digitalSignature, nonRepudiation' >extensions
openssl x509 -req -in person.csr -CA ca.pem -CAkey ca.key -days 7 \
    -extfile extensions -out person.pem 2>log
openssl pkcs12 -export -inkey person.key -in person.pem -name person \
    -passout pass:file -out person.p12
mkdir db
"$bin/certutil" -N -d sql:db --empty-password
"$bin/certutil" -A -d sql:db -n ca -t CT,C,C -a -i ca.pem
"$bin/pk12util" -i person.p12 -d sql:db -W file >log

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
