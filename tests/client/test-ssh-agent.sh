#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ssh-add -s gives one PIN to every token. With the cards of two people in two
# readers that costs the other's card nothing where the right card comes first;
# where it comes second the key is there, the first card keeps its last try, and
# the log names the configuration key that keeps the readers apart. Of one card
# OpenSSH sees one key, whatever the PIN.
. "$(dirname "$0")/common.sh"
. "$here/agent.sh"

# two_cards: fresh ones in two readers, with the PINs 1234 and 4321, and an empty
# log. The one in the first reader is $card.
two_cards() {
    : >"$work/log"
    insert adult2
    rm -rf "$work/second"
    mv "$card" "$work/second"
    insert adult
}

start_agent_of_two() {
    start_agent "First=$card;Second=$work/second"
}

# agent_is_ending: in OpenSSH 10.6 a module that is added once more, whichever it
# is, loses the process that has its keys, and the agent ends when they are used.
agent_is_ending() {
    case $(ssh -V 2>&1) in
    OpenSSH_10.6*) ;;
    *) return 1 ;;
    esac
}

# add_five_times PIN [AGAIN]: with AGAIN the module is unloaded in between.
add_five_times() {
    for number in 1 2 3 4 5; do
        [ -z "${2:-}" ] || [ "$number" = 1 ] ||
            ssh-add -e "$JPKI_MODULE" >"$work/output" 2>&1 ||
            fail 'the module was not there'
        add "$1" || [ "$number" -gt 1 ] || fail 'no key was added'
    done
    if [ -z "${2:-}" ] && agent_is_ending; then
        start_agent_of_two
        add "$1" || fail 'no key was added the sixth time'
    fi
}

# signs PERSONA: the agent has one key, that of this card, and it signs.
signs() {
    ssh-add -L >"$work/keys" || fail 'no key is there'
    [ "$(wc -l <"$work/keys")" = 1 ] || fail 'not one key'
    openssl x509 -inform DER -in "$JPKI_PERSONAS/$1/ef/000A" -noout -pubkey \
        >"$work/public.pem"
    ssh-keygen -i -m PKCS8 -f "$work/public.pem" >"$work/wanted"
    cut -d ' ' -f 1,2 "$work/keys" | cmp -s - "$work/wanted" ||
        fail "not the key of $1"
    ssh-add -T "$work/keys" >"$work/output" 2>&1 || fail 'the key does not sign'
}

expect_tries_of_second() (
    card=$work/second
    expect_tries auth "$1"
)

# check_right_card_first [AGAIN]
check_right_card_first() {
    two_cards
    start_agent_of_two
    add_five_times 1234 "$@"
    signs adult
    expect_tries auth 3
    expect_tries_of_second 3
}

# check_right_card_second [AGAIN]: which of the readers the PIN is for cannot be
# known, so the first card is asked.
check_right_card_second() {
    two_cards
    start_agent_of_two
    add_five_times 4321 "$@"
    signs adult2
    [ "$(tries_left auth)" -ge 1 ] || fail 'the first card is locked'
    expect_tries_of_second 3
    grep -q 'warn: .*reader =' "$work/log" || fail 'the log does not help'
}

# check_signing_pin: it is for no key of the agent's, and is sent to no card.
check_signing_pin() {
    two_cards
    new_ledger
    start_agent_of_two
    ! add ABC123 || fail "a key was added: $(ssh-add -L)"
    expect_sent_pins 0
    add 1234 || fail 'no key was added'
    signs adult
    expect_tries sign 5
}

check_one_key() {
    insert adult
    use_key auth
    new_ledger
    on_card ssh-keygen -D "$JPKI_MODULE" </dev/null || fail 'no key'
    [ "$(grep -c '^ssh-rsa ' "$work/output")" = 1 ] || fail 'not one key'
    says 'User Authentication'
    expect_sent_pins 0
    count_row ssh-keygen_D 'no PIN'
}

use_conf "$work/conf" '[log]' "file = $work/log"
check_one_key
check_signing_pin
check_right_card_first
check_right_card_first again
check_right_card_second
check_right_card_second again
echo ok
