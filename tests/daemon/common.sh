# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For the tests on a private pcscd: sourced, with $here and $work set, a folder
# of their own. They are called with the arguments of the test and call
# themselves anew beside pcscd, with "inside" as the first.
: "${here:?is not set}"

fail() {
    echo "FAIL: $*"
    exit 1
}

# beside_pcscd PERSONA ARGS...: makes $work and the card, which keeps a ledger in
# $JPKI_VCARD_LEDGER, runs this script as `inside FOLDER ARGS...` beside a pcscd
# of its own, ends with it.
beside_pcscd() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    "$here/../vcard/persona-copy.sh" "$1" "$work/card"
    JPKI_VCARD_LEDGER=$work/ledger
    export JPKI_VCARD_LEDGER
    shift
    "$here/with-pcscd.sh" "$work/card" -- "$0" inside "$work" "$@"
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
