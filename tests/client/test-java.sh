#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's XML signatures: 20 with one log-in. A batch whose PIN another program
# changes ends there, spends one try at most, and the log says why.
. "$(dirname "$0")/common.sh"
skip_without java javac

# batch: signs a document for each line of standard input.
batch() {
    on_card java "$here/XmlSignatures.java" "$work/java.conf" ABC123
}

# wait_for_line TEXT: in the output of the batch.
wait_for_line() {
    for _ in $(seq 900); do
        ! grep -qxF "$1" "$work/output" || return 0
        sleep 0.1
    done
    fail "it does not say: $1"
}

check_many() {
    insert adult
    new_ledger
    seq 20 | batch || fail 'the batch failed'
    [ "$(grep -c '^signed: ' "$work/output")" = 20 ] || fail 'not 20 documents'
    expect_signing_commands 20
    expect_sent_pins 21
}

check_changed_pin() {
    insert adult
    use_conf "$work/conf" '[log]' "file = $work/log"
    mkfifo "$work/lines"
    : >"$work/output"
    new_ledger
    batch <"$work/lines" &
    batch=$!
    exec 3>"$work/lines"
    echo first >&3
    wait_for_line 'signed: first'
    with_card pkcs11-tool --module "$JPKI_MODULE" --slot-index 1 --login \
        --pin ABC123 --change-pin --new-pin NEWPIN42 >"$work/change" 2>&1 ||
        fail 'the PIN does not change'
    echo second >&3
    exec 3>&-
    ! wait "$batch" || fail 'signed with a PIN that was changed'
    says CKR_USER_NOT_LOGGED_IN
    expect_signing_commands 1
    expect_tries sign 4
    grep -q 'warn: ' "$work/log" || fail 'no word in the log'
}

printf 'name = JPKI\nlibrary = %s\nslotListIndex = 1\n' "$JPKI_MODULE" \
    >"$work/java.conf"
check_many
check_changed_pin
echo ok
