#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# valgrind.sh BUILD: pkcs11-tool lists, logs in and signs on both slots of the
# embedded card under valgrind. No invalid access, nothing definitely lost.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: $0 BUILD}" && pwd)
module=$build/pkcs11/jpki-pkcs11.so
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -R "$build/tests/vcard/personas/adult" "$scratch/card"
echo 'a document' >"$scratch/document"

watched() {
    LD_LIBRARY_PATH=$build/tests/vcard/lib JPKI_VCARD=$scratch/card \
        JPKI_PKCS11_CONF=$build/tests/vcard/jpki-pkcs11.conf \
        valgrind --quiet --leak-check=full --show-leak-kinds=definite \
        --errors-for-leak-kinds=definite --error-exitcode=99 \
        --suppressions="$here/valgrind.supp" --keep-debuginfo=yes \
        pkcs11-tool --module "$module" "$@"
}

# sign SLOT-INDEX PIN
sign() {
    watched --slot-index "$1" --login --pin "$2" --sign \
        --mechanism SHA256-RSA-PKCS --input-file "$scratch/document" \
        --output-file "$scratch/signature"
}

watched --list-slots
watched --slot-index 0 --list-objects
sign 0 1234
sign 1 ABC123
