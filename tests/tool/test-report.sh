#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki report: tells what each card does, sends no PIN unless told to and then as
# many as it said, and shows nothing by which a card or a person is known.
. "$(dirname "$0")/common.sh"

# keeps_secrets: the report has nothing of the persona.
keeps_secrets() {
    for secret in 0000000020500003 00000000000000000000000000000001 \
        "$(sed -n 's/^01.\{1,2\}//p' "$card/common-0001" 2>/dev/null |
            tr -dc 0-9 | cut -c 1-10)" 公的 清瀬 Kiyose ABC123; do
        [ -z "$secret" ] || keeps_quiet "$secret"
    done
    ! grep -qE '[0-9A-F]{10,}' "$work/output" || fail 'it has a long number'
}

# is_logged_out: nothing is left verified at the end.
is_logged_out() {
    tail -n 1 "$JPKI_VCARD_LEDGER" | grep -qE ' --( |$)' ||
        fail 'the card was left verified'
}

# line LABEL TEXT: the report has a line of both.
line() {
    grep -qE "^    $1 +$2\$" "$work/output" || fail "not told: $1 $2"
}

# reports PERSONA [LABEL TEXT]...: without a PIN.
reports() {
    persona=$1
    insert "$1"
    shift
    report_it "$@"
    persona=
}

report_it() {
    new_ledger
    jpki 0 report
    expect_sent_pins 0
    keeps_secrets
    while [ $# -gt 0 ]; do
        line "$1" "$2"
        shift 2
    done
}

# reports_with_pin PERSONA [LABEL TEXT]...: five times the PIN, two signatures.
reports_with_pin() {
    persona=$1
    insert "$1"
    shift
    new_ledger
    types 0 1234 -- "$JPKI" report --with-pin
    tr -d '\r' <"$work/output" >"$work/lines" # as a terminal has them
    mv "$work/lines" "$work/output"
    says 'will be sent to the card 5 times'
    expect_sent_pins 5
    expect_sent_pins 5 1234
    [ "$(awk '$3 == "2A" && $7 == 256 && $8 == 256' "$JPKI_VCARD_LEDGER" |
        wc -l)" -le 2 ] || fail 'more signatures than were told'
    expect_tries auth 3
    is_logged_out
    keeps_secrets
    while [ $# -gt 0 ]; do
        line "$1" "$2"
        shift 2
    done
    persona=
}

reports adult \
    'Reader' 'Virtual Reader 0' \
    'Type' 'JPKIAPICCTOKEN2, E16R01NJ, 03, 01' \
    'EF 0008' '8F 8F 00' \
    'Short ids, reading' 'known \(9000\)' \
    'Short ids, counter' 'known, and leaves the current file \(63C3\)' \
    'Short ids, signing' 'known \(6982\)' \
    'End of a file' 'fewer bytes than asked for \(9000\)' \
    'Counter, auth' 'told \(63C3\)' \
    'Counter, sign' 'told \(63C5\)' \
    'RSASSA-PSS' 'known \(6982\)' \
    'EF 0001, no PIN' 'refused \(6982\)' \
    'EF 000A, no PIN' 'can be read \(9000\)' \
    'Applications' 'issuer domain 9000, common 9000, text 9000' \
    'First command' 'taken \(9000\)' \
    'Reset, selection' 'loses it \(6A82\)'
for text in 'SELECT application' 'READ BINARY, 256 bytes' 'query of a counter'; do
    grep -qE "^    $text +[1-9][0-9]* +[0-9.]+ +[0-9.]+ +[0-9.]+\$" \
        "$work/output" || fail "no times of $text"
done
keeps_quiet VERIFY
reports quirk-short-ids 'Short ids, reading' 'refused \(6...\)' \
    'Short ids, counter' 'refused \(6...\)' \
    'Short ids, signing' 'refused \(6...\)'
reports quirk-short-ids-6d00 'Short ids, reading' 'refused \(6D00\)'
reports quirk-query-selects 'Short ids, counter' \
    "known, and makes the PIN's file the current one \(63C3\)"
reports quirk-6282 'End of a file' 'fewer bytes than asked for \(6282\)'
reports quirk-6cxx 'End of a file' 'tells the right length \(6CA0\)'
reports quirk-no-ef0008 'EF 0008' 'not there \(6A82\)'
reports quirk-no-pss 'RSASSA-PSS' 'refused \(6A86\)'
reports quirk-access-first 'RSASSA-PSS' 'cannot tell \(6982\)'
reports quirk-6f00-first 'First command' 'refused \(6F00\)'
reports quirk-no-isd \
    'Applications' 'issuer domain 6A82, common 9000, text 9000'
reports child-6a82 'EF 0001, no PIN' 'not there \(6A82\)'
reports child-6982 'EF 0001, no PIN' 'refused \(6982\)'
reports child-zeros 'EF 0001, no PIN' 'can be read \(9000\)'
reports phone 'Type' 'JPKIAPGPSETOKEN, .*' 'EF 000A, no PIN' 'refused \(6982\)'
reports locked-auth 'Counter, auth' 'locked, which is told by \(63C0\)' \
    'Counter, sign' 'told \(63C5\)'
for sw in 6983 6984; do
    insert locked-auth
    printf '[quirks]\nlocked_query_sw = %s\n' $sw >>"$card/card.conf"
    report_it 'Counter, auth' "locked, which is told by \($sw\)"
done

reports_with_pin adult 'Counter, verified' 'told \(63C3\)' \
    'JPKI selected again' 'keeps it \(....\)' \
    'Another selected' 'loses it \(6982\)' \
    'Reset, PIN' 'keeps it \(....\)' \
    'RSASSA-PSS' 'known: SHA-256, a salt of 32 bytes \(6982\)'
for text in VERIFY 'signature, PKCS #1' 'signature, PSS'; do
    grep -qE "^    $text +[15] " "$work/output" || fail "no times of $text"
done
reports_with_pin quirk-reset-drops 'Reset, PIN' 'loses it \(6982\)'
reports_with_pin quirk-select-keeps 'Another selected' 'keeps it \(....\)'
reports_with_pin quirk-no-foreign 'Another selected' 'cannot tell'
reports_with_pin quirk-salt20 'RSASSA-PSS' \
    'known, but its signature does not verify with a salt of 32 bytes \(6982\)'
reports_with_pin quirk-no-pss 'RSASSA-PSS' 'refused \(6A86\)'
reports_with_pin quirk-access-first \
    'RSASSA-PSS' 'known: SHA-256, a salt of 32 bytes \(6982\)'
reports_with_pin quirk-61xx 'signature, PKCS #1' '1 .*'
reports_with_pin quirk-short-ids 'Reset, PIN' 'keeps it \(....\)'

# Called off while the card is asked: after the PIN of the log-in none is sent.
insert adult
new_ledger
types 0 1234 -- "$JPKI" report --with-pin
JPKI_CARD_SIGNAL="A4 2 $(selects_before 2)"
LD_PRELOAD=$JPKI_CARD_FAULT_LIB
new_ledger
export JPKI_CARD_SIGNAL LD_PRELOAD
types 130 1234 -- "$JPKI" report --with-pin
unset JPKI_CARD_SIGNAL LD_PRELOAD
expect_sent_pins 1
is_logged_out

# A wrong PIN costs its one try, and the rest is told all the same.
insert adult
new_ledger
types 1 4321 -- "$JPKI" report --with-pin
says 'Tries left: 2'
says 'RSASSA-PSS'
expect_sent_pins 1
expect_tries auth 2
is_logged_out
# None: nothing is sent.
new_ledger
types 1 '^D' -- "$JPKI" report --with-pin
expect_sent_pins 0
# Locked: none is asked for.
insert locked-auth
new_ledger
jpki 1 report --with-pin
says 'locked'
expect_sent_pins 0
# Not a My Number Card.
insert foreign
jpki 3 report

# The table of docs/tool.md, in both languages.
run_row() {
    persona=$1
    row=$(row_of 'jpki report' "$1")
    [ "$row" ] || fail 'no row'
    insert "$persona"
    new_ledger
    jpki "${row%%|*}" report
    row=${row#*|}
    says_all "${row%%|*}"
    in_japanese
    jpki "$2" report
    says_all "${row#*|}"
    in_english
    expect_sent_pins 0
    persona=
}
for each in adult quirk-query-selects quirk-6cxx quirk-no-ef0008 quirk-no-pss \
    quirk-access-first locked-auth; do
    run_row "$each" 0
done
run_row foreign 3
echo ok
