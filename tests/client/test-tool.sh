#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-tool.sh [FOLDER]: pkcs11-tool does the main job on both slots of an adult's
# card, or of the persona in FOLDER, which is in a reader of the pcscd that runs:
# lists, logs in, signs, tests itself; openssl verifies against the certificate
# read from the same slot.
. "$(dirname "$0")/common.sh"
printf 'to be signed' >"$work/data"
if [ $# = 0 ]; then
    insert adult
else
    card=$1
    with_card() {
        "$@"
    }
fi

check_lists() {
    tool -L || fail 'no list of slots'
    digits=$(sed -n 's/^ *serial num *: \(....\).*/\1/p' "$work/output" | uniq)
    says "JPKI Auth (4-digit PIN) $digits"
    says "JPKI Sign (6-16 chars) $digits"
    tool -I || fail 'no information'
    says 'My Number Card (JPKI)'
    for slot in 0 1; do
        tool --slot-index $slot -M || fail 'no mechanisms'
        says 'SHA256-RSA-PKCS, keySize={2048,2048}, hw, sign, verify'
        tool --slot-index $slot -O || fail 'no objects'
    done
}

# check_signature SLOT PIN MECHANISM LABEL: by the certificate of the same slot.
check_signature() {
    tool --slot-index "$1" --login --pin "$2" --sign --mechanism "$3" \
        --input-file "$work/data" --output-file "$work/signature" ||
        fail "no signature: slot $1, $3"
    read_cert "$1" "$2" "$4"
    if [ "$3" = RSA-PKCS ]; then
        openssl rsautl -verify -pubin -inkey "$work/key.pem" \
            -in "$work/signature" >"$work/plain" 2>/dev/null
        cmp -s "$work/plain" "$work/data" || fail "wrong signature: $3"
    else
        verify
    fi
}

# check_slot SLOT PIN WRONG-PIN ROLE TRIES LABEL
check_slot() {
    tool --slot-index "$1" --login --pin "$2" -O || fail 'no log-in'
    says 'Private Key Object; RSA'
    check_signature "$1" "$2" SHA256-RSA-PKCS "$6"
    check_signature "$1" "$2" RSA-PKCS "$6"
    tool --slot-index "$1" --login --pin "$2" -t || fail 'the test fails'
    says 'No errors'
    if tool --slot-index "$1" --login --pin "$3" -O; then
        fail 'a wrong PIN was taken'
    fi
    says CKR_PIN_INCORRECT
    expect_tries "$4" $(($5 - 1))
    tool -L
    says 'user PIN count low'
    tool --slot-index "$1" --login --pin "$2" -O || fail 'no log-in'
    expect_tries "$4" "$5"
}

check_lists
check_slot 0 1234 9999 auth 3 'User Authentication'
check_slot 1 ABC123 WRONG1 sign 5 'Digital Signature'
check_slot 1 abc123 wrong1 sign 5 'Digital Signature'
echo ok
