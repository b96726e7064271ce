#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A person who installs the Debian package in a bare system and does what the README
# says: Firefox and Chromium show the page with one prompt, and LibreOffice exports a
# signed PDF with one prompt to log in and one for the signature, both for the signing
# PIN. The tests are those of browser/ and client/, on what the package has installed.
. "$(dirname "$0")/common.sh"

apt update
apt install "$(deb $name)"
quietly sh /source/packaging/install-deps.sh newcomer
apt install --no-install-recommends "$(deb jpki-vcard)"

# installed PACKAGE END: the path of the package's file that ends so.
installed() {
    dpkg -L "$1" | grep -- "$2\$" || fail "$1: no $2"
}

personas=$made/personas
mkdir -p "$personas"
for persona in locked-sign adult; do
    jpki-vcard make "$personas/$persona" $persona >"$made/said"
done
sed -n '/^\[policy\]/,$p' "$made/said" >"$made/personas.conf"

JPKI=/usr/bin/jpki
JPKI_COMMAND=$JPKI
JPKI_MODULE=$(installed $name "/pkcs11/$name.so")
JPKI_INSTALLED_MODULE=$JPKI_MODULE
JPKI_PERSONAS=$personas
JPKI_PKCS11_CONF=$made/personas.conf
JPKI_VCARD_LIB=$(dirname "$(installed jpki-vcard '/libpcsclite.so.1')")
JPKI_VCARD_PROGRAM=/usr/libexec/jpki-vcard/jpki-vcard
PYTHONDONTWRITEBYTECODE=1
export JPKI JPKI_COMMAND JPKI_INSTALLED_MODULE JPKI_MODULE JPKI_PERSONAS \
    JPKI_PKCS11_CONF JPKI_VCARD_LIB JPKI_VCARD_PROGRAM PYTHONDONTWRITEBYTECODE

for browser in firefox chromium; do
    python3 /source/tests/browser/test-register.py $browser
    python3 /source/tests/browser/test-first-visit.py $browser
done
sh /source/tests/client/test-libreoffice.sh
