#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki through a real pcscd: a card, none, one that another program holds
# exclusively; the service ended.
. "$(dirname "$0")/common.sh"
: "${JPKI:?is not set}" "${JPKI_EXCLUSIVE:?is not set}"
beside_pcscd adult
HOME=$work
LC_ALL=C.UTF-8
export HOME LC_ALL

# says STATUS WORDS: jpki exits with STATUS and says that.
says() {
    status=0
    "$JPKI" --reader "$JPKI_READER0" >"$work/output" 2>&1 || status=$?
    cat "$work/output"
    [ "$status" -eq "$1" ] || fail "exit status $status, not $1"
    grep -qF -- "$2" "$work/output" || fail "it does not say: $2"
}

says 0 '3 of 3 tries left'
no_try_lost
sent_pins 0,0

mkfifo "$work/held"
"$JPKI_EXCLUSIVE" <>"$work/held" >"$work/said" &
holder=$!
for _ in $(seq 100); do
    [ -s "$work/said" ] && break
    sleep 0.05
done
[ -s "$work/said" ] || fail 'nobody holds the card'
says 3 'another program holds the card exclusively: end it'
"$JPKI" doctor >"$work/output" 2>&1 || true
grep -qF 'holds the card exclusively' "$work/output" || fail 'doctor is silent'
LC_ALL=ja_JP.UTF-8 "$JPKI" doctor >"$work/output" 2>&1 || true
grep -qF 'ほかのプログラムがカードを占有しています' "$work/output" ||
    fail 'doctor is silent in Japanese'
kill "$holder"
wait "$holder" || true
says 0 '5 of 5 tries left'

order remove
for _ in $(seq 100); do
    "$JPKI" --json | grep -q '"state":"empty"' && break
    sleep 0.05
done
says 3 'There is no card in it'
echo ok
