#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki pin: checks and changes each PIN, by exactly the commands that are promised.
. "$(dirname "$0")/common.sh"

# changes: how many CHANGE REFERENCE DATA the card was sent.
expect_changes() {
    sent=$(awk '$3 == "24"' "$JPKI_VCARD_LEDGER" | wc -l)
    [ "$sent" -eq "$1" ] || fail "$sent changes, not $1"
}

insert adult
new_ledger
types 0 1234 -- "$JPKI" pin check auth
says 'PIN of the authentication certificate (4 digits): [echo off]'
says 'The PIN is right.'
keeps_quiet 1234
types 0 abc123 -- "$JPKI" pin check sign
types 0 2468 -- "$JPKI" pin check text
expect_sent_pins 3
types 1 4321 -- "$JPKI" pin check auth
says 'Tries left: 2.'
expect_tries auth 2
in_japanese
types 1 4321 -- "$JPKI" pin check text
says '残り回数: 2 回'
types 0 2468 -- "$JPKI" pin check text
says '暗証番号は正しいです。'
in_english
expect_sent_pins 6
expect_changes 0

# change ROLE OLD NEW: and the new one is right afterwards.
change() {
    new_ledger
    types 0 "$2" "$3" "$3" -- "$JPKI" pin change "$1"
    says 'The PIN was changed.'
    keeps_quiet "$2"
    keeps_quiet "$3"
    expect_sent_pins 1 "$2"
    expect_sent_pins 1
    expect_changes 1
    types 0 "$3" -- "$JPKI" pin check "$1"
}
insert adult
change auth 1234 7305
change sign ABC123 QX7KD92L
change text 2468 8160
keeps_quiet 'easy to guess'

# What is easy to guess is said before it is typed once more.
new_ledger
types 1 7305 0000 '^D' -- "$JPKI" pin change auth
says 'easy to guess: it repeats itself'
types 1 7305 1212 '^D' -- "$JPKI" pin change auth
says 'easy to guess: it repeats itself'
types 1 7305 4321 '^D' -- "$JPKI" pin change auth
says 'easy to guess: one follows the other'
types 1 QX7KD92L ABCDEF '^D' -- "$JPKI" pin change sign
says 'easy to guess: one follows the other'
birthday=$(openssl x509 -inform DER -in "$card/ef/000A" -noout -enddate |
    sed 's/.*=//' | xargs -I{} date -u -d '{}' +%m%d)
types 1 7305 "$birthday" '^D' -- "$JPKI" pin change auth
says 'your birthday'
in_japanese
types 1 QX7KD92L "X$birthday"Y '^D' -- "$JPKI" pin change sign
says '誕生日を含んでいて'
in_english
expect_sent_pins 0
types 0 7305 0000 0000 -- "$JPKI" pin change auth
says 'The PIN was changed.'
expect_sent_pins 1

# Nothing is sent where the new one cannot be it.
new_ledger
types 1 0000 123 -- "$JPKI" pin change auth
says 'has not the form'
types 1 0000 0000 -- "$JPKI" pin change auth
says 'The new PIN is the old one'
types 1 0000 7305 7306 -- "$JPKI" pin change auth
says 'The two were not the same'
types 1 '^D' -- "$JPKI" pin change auth
says 'Cancelled'
types 130 0000 '^C' -- "$JPKI" pin change auth
tail -n 1 "$work/output" | grep -qF '[echo on]' || fail 'echo stays off'
expect_sent_pins 0
expect_changes 0
# A wrong old one changes nothing.
types 1 1111 7305 7305 -- "$JPKI" pin change auth
says 'refused the PIN. Tries left: 2.'
expect_sent_pins 1
expect_changes 0

# The last try wants its word, and one that is locked is not asked for.
insert last-try
new_ledger
types 1 'LAST TRY' -- "$JPKI" pin check auth
expect_sent_pins 0
types 0 'last try' 1234 7305 7305 -- "$JPKI" pin change auth
types 1 'last try' ABC124 -- "$JPKI" pin check sign
says 'The PIN is locked.'
types 1 -- "$JPKI" pin check sign
says 'The PIN is locked.'
expect_sent_pins 2
# The log, too, names no kiosk for the PIN that none resets.
insert text-last-try
conf=$JPKI_PKCS11_CONF
use_conf "$work/conf" '[log]' 'file = stderr'
types 1 'last try' 1111 -- "$JPKI" pin check text
says 'the text PIN is locked: the municipal office resets it'
keeps_quiet 'kiosk'
JPKI_PKCS11_CONF=$conf
expect_sent_pins 3
insert text-locked
types 1 -- "$JPKI" pin change text
says 'The PIN of the text application is locked.'
insert phone
types 1 -- "$JPKI" pin check text
says 'This card has no text application.'
insert child-6a82
types 1 -- "$JPKI" pin check sign
says 'no certificate and no key of this kind'
expect_sent_pins 3

# Not from a pipe, an argument or the environment.
insert adult
new_ledger
printf '1234\n' | JPKI_PIN=1234 types 1 '^D' -- "$JPKI" pin check auth
jpki 2 pin check auth 1234
says '"1234" is one argument too many'
jpki 2 pin check
jpki 2 pin try auth
says '"try" is none of'
jpki 2 pin check mail
says '"mail" is none of'
expect_sent_pins 0

# Two cards: which one has to be said.
insert adult
cp -R "$JPKI_PERSONAS/adult2" "$work/other"
new_ledger
card="One=$card;Two=$work/other"
jpki 2 pin check auth
says 'say which by --reader'
types 0 4321 -- "$JPKI" pin check auth --reader two
expect_sent_pins 1 4321
keeps_number

# leaves_no_pin STATUS SIGNAL ANSWER -- ARGUMENT...: the signal comes while the PIN is
# verified, and ends the command when the card is logged out.
leaves_no_pin() {
    expected=$1
    JPKI_CARD_SIGNAL=$2
    shift 2
    insert adult
    new_ledger
    export JPKI_CARD_SIGNAL LD_PRELOAD="$JPKI_CARD_FAULT_LIB"
    types "$expected" "$@"
    unset JPKI_CARD_SIGNAL LD_PRELOAD
    [ "$(sent_pins)" -gt 0 ] || fail 'no PIN was sent'
    [ "$(awk 'END { print $10 }' "$JPKI_VCARD_LEDGER" | tr -d -)" = '' ] ||
        fail "signal ${2:-}: the card is left verified"
}
card=$work/card

# A signal that comes when the card is asked for the counter, once the PIN is typed.
insert adult
new_ledger
types 0 1234 -- "$JPKI" pin check auth
JPKI_CARD_SIGNAL="A4 2 $(selects_before 1)"
LD_PRELOAD=$JPKI_CARD_FAULT_LIB
new_ledger
export JPKI_CARD_SIGNAL LD_PRELOAD
types 130 1234 -- "$JPKI" pin check auth
unset JPKI_CARD_SIGNAL LD_PRELOAD
expect_sent_pins 0

# A signal that comes between the question and the wait for its answer.
insert adult
new_ledger
"$host_faults" && numbers='1 2 3 15' || numbers=
for number in $numbers; do
    JPKI_SIGNAL_AT="question $number 1"
    LD_PRELOAD=$JPKI_HOST_FAULT_LIB
    export JPKI_SIGNAL_AT LD_PRELOAD
    types $((128 + number)) -- "$JPKI" pin check auth
    unset JPKI_SIGNAL_AT LD_PRELOAD
    tail -n 1 "$work/output" | grep -qF '[echo on]' || fail 'echo stays off'
done
expect_sent_pins 0

for number in 1 2 3 15; do
    leaves_no_pin $((128 + number)) "20 $number" 1234 -- "$JPKI" pin check auth
    leaves_no_pin $((128 + number)) "20 $number" 2468 -- "$JPKI" pin check text
done
leaves_no_pin 130 '24 2' 1234 7305 7305 -- "$JPKI" pin change auth
expect_changes 1
leaves_no_pin 130 '20 2' ABC123 -- "$JPKI" check sign
cp "$0" "$work/document" # beside it the signature lies
leaves_no_pin 130 '20 2' ABC123 -- "$JPKI" sign "$work/document"
leaves_no_pin 130 '20 2' 1234 -- "$JPKI" report --with-pin
echo ok
