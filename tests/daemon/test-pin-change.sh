#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-pin-change.sh SLOT COUNT: COUNT programs are logged in when another one
# changes the PIN. Each is logged out at its next signature and works with the
# new PIN. That costs one try at most over all of them as long as nobody logs in
# between, one each if they do, and none where one is left.
. "$(dirname "$0")/common.sh"
beside_pcscd adult "$@"

slot=$1
holders=$(seq "$2")
. "$here/holders.sh"
role=$((slot + 1))
case $slot in
0) first=1234 second=8642 third=7531 wrong=999 full=3 ;;
1) first=ABC123 second=NEWPIN42 third=THIRD135 wrong=WRONG full=5 ;;
esac

log_in_all() {
    for holder in $holders; do
        tell "$holder" "login $1" CKR_OK
        tell "$holder" sign CKR_OK
    done
}

# wrong_pins_since N: how many more wrong PINs than N were sent.
wrong_pins_since() {
    echo $(($(wrong_pins "$role") - $1))
}

# full_counters: and nobody is verified.
full_counters() {
    [ "$(ledger tries)" = 3,5 ] || fail 'a counter is not full'
    [ "$(ledger verified)" = 0,0 ] || fail 'the card is left verified'
}

check_nobody_logs_in() {
    tell other "change $first $second" CKR_OK
    for holder in $holders; do
        tell "$holder" sign CKR_USER_NOT_LOGGED_IN
    done
    [ "$(wrong_pins_since 0)" -le 1 ] ||
        fail "the change cost $(wrong_pins_since 0) tries"
    log_in_all "$second"
    full_counters
}

check_each_logs_in() {
    tell other "change $second $third" CKR_OK
    for holder in $holders; do
        before=$(wrong_pins "$role")
        tell "$holder" sign CKR_USER_NOT_LOGGED_IN
        [ "$(wrong_pins_since "$before")" -le 1 ] || fail 'more than one try'
        tell "$holder" "login $third" CKR_OK
        tell "$holder" sign CKR_OK
    done
    full_counters
}

# Every PIN held is the right one, but no program can know that any more.
check_last_try() {
    for number in $(seq $((full - 1))); do
        tell other "login $wrong$number" CKR_PIN_INCORRECT
    done
    [ "$(tries "$role")" = 1 ] || fail 'not at the last try'
    before=$(ledger verifies)
    for holder in $holders; do
        tell "$holder" sign CKR_USER_NOT_LOGGED_IN
        tell "$holder" "login $third" CKR_FUNCTION_FAILED
    done
    sent_pins "$before"
    cp "${JPKI_PKCS11_CONF:?is not set}" "$work/allow"
    printf '[pin]\nlast_try = allow\n' >>"$work/allow"
    JPKI_PKCS11_CONF=$work/allow pkcs11-tool --module "$JPKI_MODULE" \
        --slot-index "$slot" --login --pin "$third" -O >"$work/output" 2>&1 ||
        fail 'the last try is not to be had'
    log_in_all "$third"
    full_counters
}

start_holder other "$slot"
for holder in $holders; do
    start_holder "$holder" "$slot"
done
log_in_all "$first"
check_nobody_logs_in
check_each_logs_in
check_last_try
echo ok
