# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What every test on a private pcscd begins with, which sources this first.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "FAIL: $*"
    exit 1
}

# make_work: a folder of the test's own, $work, that goes when it ends.
make_work() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
}

# beside_pcscd PERSONA ARGS...: runs this script once more, with ARGS, beside a
# pcscd of its own that has the card in $work/card, and ends with it. There it
# only sets $work. The card keeps a ledger in $JPKI_VCARD_LEDGER.
beside_pcscd() {
    if [ "${JPKI_BESIDE_PCSCD:-}" ]; then
        work=$JPKI_BESIDE_PCSCD
        unset JPKI_BESIDE_PCSCD
        return
    fi
    make_work
    "$here/../vcard/persona-copy.sh" "$1" "$work/card"
    JPKI_VCARD_LEDGER=$work/ledger
    JPKI_BESIDE_PCSCD=$work
    export JPKI_VCARD_LEDGER JPKI_BESIDE_PCSCD
    shift
    "$here/with-pcscd.sh" "$work/card" -- "$0" "$@"
    exit
}

# order LINE: to the card's control pipe.
order() {
    echo "$1" >"$JPKI_VCARD_CTL0"
}

# ledger NAME: the card's own account of NAME, as jpki-vcard prints it.
ledger() {
    before=$(wc -l <"$JPKI_VCARD_LOG0")
    order ledger
    while [ "$(wc -l <"$JPKI_VCARD_LOG0")" = "$before" ]; do
        sleep 0.05
    done
    tail -n 1 "$JPKI_VCARD_LOG0" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# no_try_lost: no wrong PIN was ever sent, the counters are full, and nobody is
# verified now.
no_try_lost() {
    [ "$(ledger wrong)" = 0,0 ] || fail 'a wrong PIN was sent'
    [ "$(ledger tries)" = 3,5 ] || fail 'a try was lost'
    [ "$(ledger verified)" = 0,0 ] || fail 'the card is left verified'
}

# sent_pins AUTH,SIGN: that many PINs were sent, no more and no fewer.
sent_pins() {
    [ "$(ledger verifies)" = "$1" ] ||
        fail "$(ledger verifies) PINs were sent, not $1"
}
