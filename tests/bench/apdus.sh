#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# apdus.sh BUILD: how many commands the card gets for what pkcs11-tool does, by
# this module and by OpenSC's on the same card. A contactless card takes some
# 20 ms for each.
set -eu

here=$(dirname "$0")
build=$(cd "${1:?usage: $0 BUILD}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
JPKI_PERSONAS=$build/tests/vcard/personas
export JPKI_PERSONAS
printf 'to be signed' >"$work/data"
opensc=$(find /usr/lib -name opensc-pkcs11.so 2>/dev/null | head -n 1)

# count MODULE ARGS...: the commands of one run; "-" where it fails.
count() {
    rm -rf "$work/card" "$work/ledger"
    "$here/../vcard/persona-copy.sh" adult "$work/card"
    module=$1
    shift
    if LD_LIBRARY_PATH=$build/tests/vcard/lib JPKI_VCARD=$work/card \
        JPKI_PKCS11_CONF=$build/tests/vcard/jpki-pkcs11.conf \
        JPKI_VCARD_LEDGER=$work/ledger \
        pkcs11-tool --module "$module" "$@" >/dev/null 2>&1; then
        grep -vc 'power-o' "$work/ledger" || true
    else
        echo -
    fi
}

# row TEXT ARGS...
row() {
    text=$1
    shift
    ours=$(count "$build/pkcs11/jpki-pkcs11.so" "$@")
    theirs=-
    [ -z "$opensc" ] || theirs=$(count "$opensc" "$@")
    printf '%-34s %6s %8s\n' "$text" "$ours" "$theirs"
}

printf '%-34s %6s %8s\n' 'commands to the card' ours OpenSC
row 'list the slots' -L
row 'list the objects' --slot-index 0 -O
row 'log in and list the objects' --slot-index 0 --login --pin 1234 -O
row 'sign, authentication key' --slot-index 0 --login --pin 1234 --sign \
    --mechanism SHA256-RSA-PKCS --input-file "$work/data" \
    --output-file "$work/signature"
row 'sign, signing key' --slot-index 1 --login --pin ABC123 --sign \
    --mechanism SHA256-RSA-PKCS --input-file "$work/data" \
    --output-file "$work/signature"
row 'test, authentication key' --slot-index 0 --login --pin 1234 -t
