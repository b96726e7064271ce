# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by the findings about pdfsig: in.pdf, a document of one empty page, in a
# folder of its own; get_pdfsig and make_person.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# get_pdfsig PACKAGE...: the packages of pdfsig and of certutil, and these, unpacked
# in root; $bin and $libraries are there.
get_pdfsig() {
    apt-get -q download poppler-utils=22.12.0-2+deb12u2 \
        libpoppler126=22.12.0-2+deb12u2 libnss3=2:3.87.1-1+deb12u2 \
        libnss3-tools=2:3.87.1-1+deb12u2 libnspr4=2:4.35-1 \
        libsqlite3-0=3.40.1-2+deb12u2 libfreetype6=2.12.1+dfsg-5+deb12u4 \
        libfontconfig1=2.14.1-4 libexpat1=2.5.0-1+deb12u2 \
        libjpeg62-turbo=1:2.1.5-2 libopenjp2-7=2.5.0-2+deb12u3 \
        liblcms2-2=2.14-2+deb12u1 libpng16-16=1.6.39-2+deb12u5 \
        libtiff6=4.5.0-6+deb12u4 libbrotli1=1.0.9-2+b6 \
        libwebp7=1.2.4-0.2+deb12u1 libjbig0=2.1-6.1 libdeflate0=1.14-1 \
        liblerc4=4.0.0+ds-2 fonts-dejavu-core=2.37-6 "$@" >log 2>&1 || {
        echo "the packages cannot be had here:"
        cat log
        exit 77
    }
    for package in *.deb; do
        dpkg-deb -x "$package" root
    done
    libraries=$work/root/usr/lib/x86_64-linux-gnu
    export LD_LIBRARY_PATH="$libraries"
    bin=$work/root/usr/bin

    # A font for the field of the signature.
    cat >fonts.conf <<END
<fontconfig>
<dir>$work/root/usr/share/fonts</dir>
<cachedir>$work/cache</cachedir>
</fontconfig>
END
    export FONTCONFIG_FILE="$work/fonts.conf"
}

# make_person: a CA that the NSS database db trusts, and there the key and the
# certificate "person", which names no OCSP responder.
make_person() {
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
}

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
