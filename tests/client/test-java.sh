#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's XML signatures: 20 with one log-in, each valid for xmlsec1. A wrong password
# costs one try, one of the wrong form and a locked card none; `every` refuses. A
# batch whose PIN another program changes ends there, spends one try at most, and the
# log says why.
. "$(dirname "$0")/common.sh"
skip_without java javac xmlsec1

# batch PASSWORD: signs a document for each line of standard input.
batch() {
    on_card java -cp "$work/classes" XmlSignatures "$work/java.conf" "$1" "$work/signed"
}

twenty() {
    seq 20 | batch "$1"
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
    check_right twenty 21 20
    for number in $(seq 20); do
        grep -qF "<text>$number</text>" "$work/signed/$number.xml" ||
            fail "another document: $number"
        xmlsec1 --verify --trusted-pem "$work/ca.pem" "$work/signed/$number.xml" \
            >"$work/output" 2>&1 || fail "not valid for xmlsec1: $number"
    done
    sed -i 's,<text>20</text>,<text>21</text>,' "$work/signed/20.xml"
    ! xmlsec1 --verify --trusted-pem "$work/ca.pem" "$work/signed/20.xml" \
        >"$work/output" 2>&1 || fail 'valid for xmlsec1: another text'
}

check_changed_pin() {
    insert adult
    use_conf "$work/conf" '[log]' "file = $work/log"
    mkfifo "$work/lines"
    : >"$work/output"
    new_ledger
    batch ABC123 <"$work/lines" &
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

javac -d "$work/classes" "$here/XmlSignatures.java"
printf 'name = JPKI\nlibrary = %s\nslotListIndex = 1\n' "$JPKI_MODULE" \
    >"$work/java.conf"
mkdir "$work/signed"
use_key sign
read_key
check_many
check_refusals twenty CKR_PIN_INCORRECT CKR_PIN_LOCKED
check_every twenty
says CKR_USER_NOT_LOGGED_IN
check_changed_pin
echo ok
