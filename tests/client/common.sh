# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For the client tests that put in one persona after another: sourced, with $here
# and $work set, a folder of their own. $card is the persona that is in.
: "${JPKI_MODULE:?is not set}" "${JPKI_VCARD_LIB:?is not set}"
: "${here:?is not set}" "${work:?is not set}"
card=$work/card

skip_without() {
    command -v "$1" >/dev/null || {
        echo "no $1"
        exit 77
    }
}

insert() {
    rm -rf "$card"
    "$here/../vcard/persona-copy.sh" "$1" "$card"
}

fail() {
    echo "FAIL: $*"
    cat "$work/output" 2>/dev/null || true
    exit 1
}

# on_card COMMAND...: its output is in $work/output; fails as it does.
on_card() {
    LD_LIBRARY_PATH=$JPKI_VCARD_LIB JPKI_VCARD=$card \
        "$@" >"$work/output" 2>&1
}

tool() {
    on_card pkcs11-tool --module "$JPKI_MODULE" "$@"
}

# says TEXT: the output has it somewhere.
says() {
    grep -qF -- "$1" "$work/output" || fail "it does not say: $1"
}

# expect_tries ROLE N: what the card's counter says. A card whose counters never
# changed has them in card.conf only.
expect_tries() {
    counters=$card/state
    [ -e "$counters" ] || counters=$card/card.conf
    left=$(sed -n "/\[$1\]/,/left/ s/left = //p" "$counters")
    [ "$left" = "$2" ] || fail "$1 should have $2 tries, not $left"
}
