#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every persona's status object is JSON that jq reads, in both slots, before and
# after the log-in; nothing of the holder is in it, nor in a debug-level log.
. "$(dirname "$0")/common.sh"
skip_without jq
log=$work/log
use_conf "$work/conf" '[log]' 'level = debug' "file = $log"

# status SLOT ARGS...: into $work/status.
status() {
    slot=$1
    shift
    tool --slot-index "$slot" "$@" --read-object --type data \
        --label 'JPKI status' --output-file "$work/status"
}

# check ROLE: what is always there, and of the right type.
check() {
    jq -e --arg role "$1" '
        .schema == 2 and .role == $role and (.locked | type == "boolean") and
        (.tries_max | type == "number") and
        (.tries_left == null or (.tries_left | type == "number")) and
        (.kind | test("^(card|phone|juki)$")) and
        ($role == "auth" or (.verdict and .reason and .reason_ja))' \
        "$work/status" >/dev/null || {
        cat "$work/status"
        fail "$persona: the status of $1"
    }
}

# Name and address of the holders, as the personas have them, and the sign of a
# PIN in clear.
keeps_silence() {
    ! grep -F -e 公的 -e 東京 -e Tokyo -e Kiyose -e ABC123 -e 414243313233 \
        "$1" || fail "$persona: that is in $2"
}

for folder in "$JPKI_PERSONAS"/*/card.conf; do
    persona=$(basename "$(dirname "$folder")")
    insert "$persona"
    status 0 || {
        says CKR_TOKEN_NOT_RECOGNIZED
        continue
    }
    check auth
    keeps_silence "$work/status" 'the status'
    status 1 || fail "$persona: no status in slot 1"
    check sign
    keeps_silence "$work/status" 'the status'
    if status 1 --login --pin ABC123; then
        check sign
        keeps_silence "$work/status" 'the status'
    fi
done
[ -s "$log" ] || fail 'nothing was logged'
keeps_silence "$log" 'the log'
echo ok
