#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-observer.sh PERSONA: while pkcs11-tool logs in and signs with both keys,
# another program on the same pcscd asks for signatures at every chance it gets,
# and never has one.
. "$(dirname "$0")/common.sh"
beside_pcscd "$1" "$@"

printf 'to be signed' >"$work/data"
"${JPKI_OBSERVER:?is not set}" "$JPKI_READER0" >"$work/observed" &
observer=$!

sign() {
    pkcs11-tool --module "${JPKI_MODULE:?is not set}" --slot-index "$1" --login \
        --pin "$2" --sign --mechanism SHA256-RSA-PKCS \
        --input-file "$work/data" --output-file "$work/signature" \
        >"$work/output" 2>&1 || {
        cat "$work/output"
        fail "no signature in slot $1"
    }
}

for _ in 1 2 3 4 5 6 7 8 9 10; do
    sign 0 1234
    sign 1 ABC123
done
kill "$observer"
wait "$observer" || {
    cat "$work/observed"
    fail 'the observer'
}
cat "$work/observed"
no_try_lost
