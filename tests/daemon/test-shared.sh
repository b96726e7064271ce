#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-shared.sh SLOT SLOT: two processes log in and sign $JPKI_SHARED_SIGNATURES
# times each on one card, while a third runs other programs on it. Every
# signature is good, no log-in and no try is lost, and each process has its
# share of the card.
. "$(dirname "$0")/common.sh"
beside_pcscd adult "$@"

count=${JPKI_SHARED_SIGNATURES:-200}
order "signing ${JPKI_SHARED_SIGNING_MS:-30}"

# One thing after another that other programs do with a card.
other_programs() {
    opensc=$(find /usr/lib -name opensc-pkcs11.so | head -n 1)
    while [ ! -e "$work/stop" ]; do
        opensc-tool -l
        opensc-tool -r 0 -a
        opensc-tool -r 0 -n
        opensc-tool -r 0 -s 00A4040C0AD3921000310001010408 \
            -s 00A4040C08A000000151000000
        pkcs11-tool --module "$opensc" -L
        pkcs11-tool --module "$opensc" -O
        opensc-tool -r 0 --reset
        echo once >>"$work/rounds"
    done >"$work/others" 2>&1
}

"${JPKI_SIGNER:?is not set}" "$1" "$count" "$work/a" >"$work/first" &
first=$!
"$JPKI_SIGNER" "$2" "$count" "$work/b" >"$work/second" &
second=$!
other_programs &
others=$!
status=0
wait "$first" || status=$?
wait "$second" || status=$?
touch "$work/stop"
wait "$others"
[ "$status" = 0 ] || fail "$(grep -h FAIL "$work/first" "$work/second")"
[ -s "$work/rounds" ] || fail 'the other programs had no turn'

# The share of a process is what it had as long as both were signing. The bounds
# are those that a busy machine keeps.
awk -v others="$(wc -l <"$work/rounds")" '
    FNR == 1 {
        file++
        began = $1 - $2
        if (file == 1 || began < start)
            start = began
    }
    { at[file, FNR] = $1; last[file] = $1; if ($2 > longest) longest = $2 }
    END {
        both = last[1] < last[2] ? last[1] : last[2]
        end = last[1] > last[2] ? last[1] : last[2]
        for (i = 1; i <= FNR; i++) {
            first += at[1, i] <= both
            second += at[2, i] <= both
        }
        share = 100 * first / (first + second)
        printf "%d signatures each in %.1f s; shares %.0f %% and %.0f %%; " \
            "the longest took %.0f ms; %d rounds of other programs\n", FNR,
            (end - start) / 1000, share, 100 - share, longest, others
        exit share < 5 || share > 95 || longest > 10000
    }' "$work/first" "$work/second" || fail 'one kept the other out'

# check_last FILE SLOT: by the card's own key.
check_last() {
    id=0017
    [ "$2" = 0 ] || id=001A
    openssl pkey -in "$work/card/key-$id.pem" -pubout -out "$work/public.pem"
    openssl dgst -sha256 -verify "$work/public.pem" \
        -signature "$1.signature" "$1.text" || fail "a wrong signature: $1"
}

check_last "$work/a" "$1"
check_last "$work/b" "$2"
[ "$(cat "$work/first" "$work/second" | wc -l)" = $((2 * count)) ] ||
    fail 'not all signatures are there'
case $1$2 in
00) sent_pins $((2 * count + 2)),0 ;;
01) sent_pins $((count + 1)),$((count + 1)) ;;
esac
no_try_lost
