# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For shell tests that run a program on the embedded virtual card; sourced first,
# with the folder of the test in $here: a folder of its own, $work, that goes when
# it ends, and $card, the persona that is in.
work=$(mktemp -d)
card=$work/card
: "${JPKI_PERSONAS:?is not set}"

# The functions to call at the end; each may be called twice.
at_exit=
clean_up() {
    for step in $at_exit; do
        "$step"
    done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

skip() {
    echo "skipped: $*"
    exit 77
}

skip_without() {
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "no $program"
    done
}

insert() {
    rm -rf "$card"
    "${here:?is not set}/../vcard/persona-copy.sh" "$1" "$card"
}

fail() {
    echo "FAIL: $*"
    cat "$work/output" 2>/dev/null || true
    exit 1
}

# with_card COMMAND...: on the card that is in.
with_card() {
    LD_LIBRARY_PATH=${JPKI_VCARD_LIB:?is not set} JPKI_VCARD=$card "$@"
}

# on_card COMMAND...: the same; its output is in $work/output; fails as it does.
on_card() {
    with_card "$@" >"$work/output" 2>&1
}

# use_conf FILE LINE...: the configuration that meson has set and these lines, in
# FILE, for what is started from now on.
use_conf() {
    file=$1
    shift
    {
        cat "${JPKI_PKCS11_CONF:?is not set}"
        printf '%s\n' "$@"
    } >"$file"
    JPKI_PKCS11_CONF=$file
    export JPKI_PKCS11_CONF
}

# new_ledger: the card writes what it is sent from now on to $JPKI_VCARD_LEDGER.
new_ledger() {
    JPKI_VCARD_LEDGER=$work/ledger
    export JPKI_VCARD_LEDGER
    : >"$JPKI_VCARD_LEDGER"
}

# sent_pins [PIN]: how many PINs the card was sent, or how often this one.
sent_pins() {
    pin=$(printf %s "${1:-}" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F)
    awk -v pin="$pin" '
        $3 == "20" && $6 > 0 && (pin == "" || $11 == pin)' \
        "$JPKI_VCARD_LEDGER" | wc -l
}

# expect_sent_pins N [PIN]: no more and no fewer.
expect_sent_pins() {
    sent=$(sent_pins "${2:-}")
    [ "$sent" -eq "$1" ] || fail "${2:-a PIN} was sent $sent times, not $1"
}

# says TEXT: the output has it somewhere.
says() {
    grep -qF -- "$1" "$work/output" || fail "it does not say: $1"
}

# tries_left ROLE: what the card's counter says. A card whose counters never
# changed has them in card.conf only.
tries_left() {
    counters=$card/state
    [ -e "$counters" ] || counters=$card/card.conf
    sed -n "/\[$1\]/,/left/ s/left = //p" "$counters"
}

# expect_tries ROLE N
expect_tries() {
    left=$(tries_left "$1")
    [ "$left" = "$2" ] || fail "$1 should have $2 tries, not $left"
}
