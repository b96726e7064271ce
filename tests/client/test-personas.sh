#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What pkcs11-tool shows of each kind of card (docs/design.md section 3).
. "$(dirname "$0")/common.sh"

# check PERSONA SLOT PIN EXPECTED-FLAG EXPECTED-LOGIN, where a leading ! says
# that the text must not be there.
check() {
    insert "$1"
    tool -L || true
    sed -n "/^Slot $2 /,/serial num\|not recognized/p" "$work/output" >"$work/slot"
    has "$1" "$4" "$work/slot"
    tool --slot-index "$2" --login --pin "$3" -O || true
    has "$1" "$5" "$work/output"
}

has() {
    case $2 in
    !*) ! grep -qF "${2#!}" "$3" ;;
    *) grep -qF "$2" "$3" ;;
    esac || {
        echo "FAIL: $1 should show: $2"
        cat "$3"
        exit 1
    }
}

while read -r persona slot pin flag login; do
    check "$persona" "$slot" "$pin" \
        "$(echo "$flag" | tr _ ' ')" "$(echo "$login" | tr + ' ')"
done <<'END'
adult 0 1234 login_required Private+Key+Object
adult 1 ABC123 login_required Private+Key+Object
child-6a82 0 1234 login_required Private+Key+Object
child-6a82 1 ABC123 !login_required !Private+Key+Object
child-zeros 1 ABC123 !login_required !Private+Key+Object
child-ff 1 ABC123 !login_required !Private+Key+Object
auth-declined 0 1234 !login_required !Private+Key+Object
auth-declined 1 ABC123 login_required Private+Key+Object
face 0 1234 user_PIN_locked CKR_PIN_LOCKED
face 1 ABC123 !login_required !Private+Key+Object
phone 0 1234 JPKI_on_phone Private+Key+Object
locked-auth 0 1234 user_PIN_locked CKR_PIN_LOCKED
locked-sign 1 ABC123 user_PIN_locked CKR_PIN_LOCKED
last-try 0 1234 final_user_PIN_try CKR_FUNCTION_FAILED
foreign 0 1234 not_recognized !Private+Key+Object
END
echo ok
