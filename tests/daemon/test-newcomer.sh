#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-newcomer.sh: a program that comes while another one signs all the time has
# the card soon, counted in the other's signatures: it does not wait until that
# one listens for those whom it cannot see.
. "$(dirname "$0")/common.sh"
beside_pcscd adult "$@"

order 'signing 100'
: >"$work/signed" # there before anybody reads it
"${JPKI_SIGNER:?is not set}" 0 120 "$work/a" >"$work/signed" &
signer=$!

signed() {
    wc -l <"$work/signed"
}

# signed_during COMMAND...: how many were signed while it ran.
signed_during() {
    before=$(signed)
    "$@" >"$work/out" 2>&1 || {
        cat "$work/out"
        fail 'the newcomer'
    }
    during=$(($(signed) - before))
}

# Twice: the second one comes long after the signer has seen the first go.
for begun in 20 60; do
    while [ "$(signed)" -lt "$begun" ] && kill -0 "$signer"; do
        sleep 0.05
    done
    # What the program takes to start, and does without the card.
    signed_during opensc-tool --info
    start=$during
    signed_during opensc-tool -r 0 -s 00A4040C0AD392F000260100000001
    waited=$((during - start))
    echo "it had the card after $waited signatures of the other program, $start to start"
    [ "$waited" -le 30 ] || fail 'it was kept waiting'
done
wait "$signer" || fail "$(cat "$work/signed")"
no_try_lost
