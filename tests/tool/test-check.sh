#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki check says of each persona in the table of docs/tool.md what stands there, in
# both languages, and exits so; the card gets exactly the PINs that were typed, which
# are never shown.
. "$(dirname "$0")/common.sh"
table="$here/../../"docs/tool.md

# answers TYPED: one a line; "(Enter)" is an empty one.
answers() {
    printf '%s\n' "$1" | sed 's/, */\n/g' | sed 's/^(Enter)$//'
}

# type_all STATUSES TYPED ARGUMENT...: jpki with ARGUMENTs and these answers.
type_all() {
    statuses=$1
    answers "$2" >"$work/answers"
    [ "$2" ] || : >"$work/answers"
    shift 2
    set -- -- "$JPKI" "$@"
    while IFS= read -r answer; do
        set -- "$@" "$answer"
    done <"$work/answers"
    # The answers come first: "-- jpki check sign A B" is turned round.
    count=$(($# - $(wc -l <"$work/answers")))
    while [ "$count" -gt 0 ]; do
        set -- "$@" "$1"
        shift
        count=$((count - 1))
    done
    types "$statuses" "$@"
}

# hides_answers: no PIN that was typed is shown.
hides_answers() {
    while IFS= read -r answer; do
        case $answer in
        ABC12? | 2468) keeps_quiet "$answer" ;;
        esac
    done <"$work/answers"
}

# run_row PERSONA TYPED STATUSES SENT TEXTS
run_row() {
    persona=$1
    insert "$persona"
    new_ledger
    type_all "$3" "$2" check sign
    says_all "$5"
    expect_sent_pins "$4"
    keeps_number
    hides_answers
    tail -n 1 "$work/output" | grep -qF '[echo on]' || fail 'echo stays off'
    # Whatever was sent, the card is not left open.
    awk '{ flags = $NF } $3 == "20" && $6 > 0 { flags = $(NF - 1) }
        END { exit flags != "--" }' "$JPKI_VCARD_LEDGER" ||
        fail "$persona: left open"
}

sed -n '/^## jpki check sign$/,/^## /p' "$table" |
    awk -F ' *[|] *' 'NF >= 8 && $2 !~ /^(persona|-+)$/ {
        n = split($2, names, ", ")
        for (i = 1; i <= n; i++)
            print names[i] "|" $3 "|" $4 "|" $5 "|" $6 "|" $7
    }' >"$work/rows"
[ "$(wc -l <"$work/rows")" -ge 30 ] || fail 'the table is not there'
while IFS='|' read -r name typed statuses sent english japanese; do
    in_english
    run_row "$name" "$typed" "$statuses" "$sent" "$english"
    in_japanese
    run_row "$name" "$typed" "$statuses" "$sent" "$japanese"
done <"$work/rows"
in_english
persona=

# Without an operand: the authentication certificate, and no PIN. "good" is said of
# none whose CA is not known.
sed -n '/^## jpki check$/,/^## /p' "$table" |
    awk -F ' *[|] *' 'NF >= 6 && $2 !~ /^(persona|-+)$/ {
        n = split($2, names, ", ")
        for (i = 1; i <= n; i++)
            print names[i] "|" $3 "|" $4 "|" $5
    }' >"$work/rows"
[ "$(wc -l <"$work/rows")" -ge 10 ] || fail 'the second table is not there'
new_ledger
while IFS='|' read -r persona exits english japanese; do
    insert "$persona"
    jpki "$exits" check
    says_all "$english"
    in_japanese
    jpki "$exits" check
    says_all "$japanese"
    in_english
done <"$work/rows"
persona=
jpki 2 check auth
says '"auth" cannot be checked'
expect_sent_pins 0

# A list of the configuration has its say, beside the comparison.
insert changed-address
"${JPKI_MAKE_CRL:?is not set}" "$work/list.crl" "$JPKI_PERSONAS/ca-sign" \
    "$JPKI_PERSONAS/changed-address/ef/0001:affiliationChanged"
use_conf "$work/conf" "crl = $work/list.crl"
new_ledger
types 1 ABC123 2468 -- "$JPKI" check sign
says 'revoked'
says 'agree: neither a move'
insert moved
types 1 ABC123 2468 -- "$JPKI" check sign
says 'not revoked'
says 'was given other data after'
expect_sent_pins 4

# Signals end the program with the echo on, and nothing sent.
insert adult
new_ledger
types 130 '^C' -- "$JPKI" check sign
tail -n 1 "$work/output" | grep -qF '[echo on]' || fail 'echo stays off'
types 131 '^Q' -- "$JPKI" check sign
tail -n 1 "$work/output" | grep -qF '[echo on]' || fail 'echo stays off'
expect_sent_pins 0
says '[echo off]'

# No terminal and no pinentry: nobody is asked, nothing sent.
status=0
on_card setsid -w env PATH="$work" "$JPKI" check sign </dev/null || status=$?
[ "$status" -eq 1 ] || fail "exit status $status without a terminal"
says 'neither a terminal to ask for the PIN on nor a pinentry'
expect_sent_pins 0
echo ok
