#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nothing of the project, neither command nor module, ever selects or reads the
# individual number, whatever it is asked to do with the card.
. "$(dirname "$0")/common.sh"

# module ARGUMENT...: pkcs11-tool on the card that is in.
module() {
    on_card pkcs11-tool --module "$JPKI_MODULE" "$@" || fail "pkcs11-tool $*"
}

# run_all: every command and what a program does with the module.
run_all() {
    jpki "$1" status
    jpki "$1" status --json
    jpki 1 check
    jpki 0 certificate auth --pem
    types '0 1' ABC123 2468 -- "$JPKI" check sign
    types 0 ABC123 -- "$JPKI" certificate sign
    for role in "auth 1234" "sign ABC123" "text 2468"; do
        types 0 "${role#* }" -- "$JPKI" pin check "${role% *}"
    done
    types 0 2468 8160 8160 -- "$JPKI" pin change text
    # A program without a sanitizer cannot load a module with one.
    command -v pkcs11-tool >/dev/null && [ "$JPKI_SANITIZE" = none ] || return 0
    module -L
    module -O
    for slot in "0 1234" "1 ABC123"; do
        module --slot-index "${slot% *}" --login --pin "${slot#* }" -O
        module --slot-index "${slot% *}" --login --pin "${slot#* }" --sign \
            --mechanism SHA256-RSA-PKCS --input-file "$0" \
            --output-file "$work/signature"
    done
}

new_ledger
for persona in adult moved quirk-short-ids quirk-select-keeps; do
    insert "$persona"
    run_all 0
done
keeps_number
# The text application was read, so its files were in reach.
reads=$(grep -c 'T$' "$JPKI_VCARD_LEDGER")
[ "$reads" -gt 0 ] || fail 'the text application was never opened'
echo ok
