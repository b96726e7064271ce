#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki status says of each persona, in both languages, what docs/tool.md has in its
# table, and exits as it says there; without a PIN, and without the holder's data. As
# JSON it says the same.
. "$(dirname "$0")/common.sh"
new_ledger
plain_conf=$JPKI_PKCS11_CONF

# run_one STATUSES ARGUMENT...: jpki exits with one of STATUSES, the same each time.
run_one() {
    statuses=$1
    shift
    status=0
    on_card "$JPKI" "$@" || status=$?
    case " $statuses " in
    *" $status "*) ;;
    *) fail "$persona: jpki $*: exit status $status, not $statuses" ;;
    esac
}

# Name and address of the holders, as the personas have them.
keeps_silence() {
    for text in '公的　' 東京 札幌 Tokyo Kiyose; do
        keeps_quiet "$text"
    done
}

# check_json: it is a line of JSON, and agrees with the exit status.
check_json() {
    [ "$(wc -l <"$work/output")" -eq 1 ] || fail "$persona: not one line"
    command -v jq >/dev/null || return 0
    jq -e --argjson status "$1" '
        .schema == 1 and (.readers | length == 1) and
        (.readers[0] |
            if .state == "jpki" then
                ($status == (if .to_do then 1 else 0 end)) and
                (.serial | test("^[0-9A-F]{16}$")) and (.keys | length == 2) and
                (.keys[0].role == "auth") and (.keys[1].role == "sign") and
                all(.keys[]; .schema == 2) and
                (.keys[1] | .verdict and .reason and .reason_ja) and
                (.text == null or (.text.tries_max == 3))
            else
                $status == 3 and .reason and .reason_ja
            end)' "$work/output" >/dev/null || fail "$persona: JSON"
}

seen=0
for folder in "$JPKI_PERSONAS"/*/card.conf; do
    persona=$(basename "$(dirname "$folder")")
    insert "$persona"
    row=$(row_of "jpki status" "$persona")
    [ "$row" ] || fail "$persona: no row in docs/tool.md"
    in_english
    run_one "${row%%|*}"
    said=${row#*|}
    says_all "${said%%|*}"
    keeps_silence
    exited=$status
    in_japanese
    run_one "$exited" status
    says_all "${said#*|}"
    keeps_silence
    run_one "$exited" status --json
    check_json "$exited"
    keeps_silence
    seen=$((seen + 1))
done
[ "$seen" -ge 60 ] || fail "only $seen personas"
expect_sent_pins 0
in_english
persona=

# No card in the reader, and two readers of which one is empty.
card='Empty One='
jpki 3
says 'There is no card in it. Put the card in'
in_japanese
jpki 3
says 'カードがありません。ICチップの側から差し込むか'
in_english
card=$work/card
insert adult
card="Some Reader=;Other Reader=$work/card"
jpki 0
says 'Reader: Some Reader'
says '3 of 3 tries left'
jpki 3 --reader some
says 'Reader: Some Reader'
keeps_quiet 'Other Reader'
jpki 0 --reader OTHER
jpki 3 --reader third
says 'No card reader has the text of --reader'

# A name that would steer a terminal.
card=$(printf 'A\033[31m Reader=')
jpki 3
says 'Reader: A?[31m Reader'

# No reader at all.
jpki_without_readers 3
says 'pcscd knows no card reader: plug one in'
in_japanese
jpki_without_readers 3
says 'カードリーダーが見つかりません'
jpki_without_readers 3 --json
says '"readers":[]'
says '"reason_ja":"カードリーダーが見つかりません'
in_english

# A reader that the configuration leaves out.
card="Other Reader=$work/card"
use_conf "$work/conf" '[card]' 'ignore_reader = other'
jpki 3
says 'The configuration leaves this reader out'
jpki 3 --json
says '"state":"left-out"'

# Whatever the configuration shows to programs, a person sees both keys.
JPKI_PKCS11_CONF=$plain_conf
use_conf "$work/conf2" '[slots]' 'show = auth' '[card]' 'reader = other'
jpki 0
says '5 of 5 tries left'

# With last_try = allow a last try is no less one.
card=$work/card
insert last-try
JPKI_PKCS11_CONF=$plain_conf
use_conf "$work/conf3" '[pin]' 'last_try = allow'
jpki 1
says '1 of 3 tries left; at 0 it locks'

# A mistake in the configuration.
printf '[card]\nno_such = 1\n' >"$work/wrong"
JPKI_PKCS11_CONF=$work/wrong
jpki 4
says 'mistake in the configuration; jpki doctor tells where'
in_japanese
jpki 4
says '設定に誤りがあります'
expect_sent_pins 0
echo ok
