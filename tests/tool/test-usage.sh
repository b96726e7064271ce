#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help, version, mistakes on the command line, language; see jpki(1).
. "$(dirname "$0")/common.sh"
insert adult
new_ledger

jpki 0 --help
says 'Usage: jpki'
says '  status '
jpki 0 status --help
says 'Usage: jpki status'
says --reader
jpki 0 --version
says 'jpki 0.1.0'

in_japanese
jpki 0 --help
says '使い方: jpki'
jpki 0 status --help
says '--json'
jpki 2 no-such
says '「no-such」というコマンドはありません'
in_english

# MISTAKE: what is said of it. Each is a usage error, and nothing is done.
jpki 2 no-such
says 'no command "no-such"'
jpki 2 --no-such
says 'no option --no-such'
jpki 2 -x
says 'no option -x'
jpki 2 --reader
says '--reader wants a value'
jpki 2 status more
says '"more" is one argument too many'
jpki 2 pin change
says 'an argument is missing'
says 'jpki COMMAND --help what one takes'
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'

# Output that cannot be written is no success.
if [ -w /dev/full ]; then
    with_card "$JPKI" --help >/dev/full 2>"$work/output" && fail 'all is well'
    says 'could not be written'
fi

# Nothing that was typed or that a reader calls itself acts on the terminal.
escape=$(printf '\033')
keeps_quiet_of_escapes() {
    keeps_quiet "$escape"
    says '?[31m'
}
for arguments in "--${escape}[31m" "${escape}[31m" "pin check ${escape}[31m" \
    "certificate ${escape}[31m" "register ${escape}[31m" "status ${escape}[31m"; do
    # shellcheck disable=SC2086 # several
    jpki 2 $arguments
    keeps_quiet_of_escapes
done
cp -R "$card" "$work/second"
LD_LIBRARY_PATH=$JPKI_VCARD_LIB \
    JPKI_VCARD="A${escape}[31m=$card;B${escape}[31m=$work/second" \
    "$JPKI" certificate sign >"$work/output" 2>&1 && fail 'of two cards'
keeps_quiet_of_escapes
LD_LIBRARY_PATH=$JPKI_VCARD_LIB JPKI_VCARD="A${escape}[31m=$card" \
    "$JPKI" report >"$work/output" 2>&1 || fail 'no report'
keeps_quiet_of_escapes

# Closed output is no success either; and while the card is used, no socket of ours is in the
# place of one.
status=0
with_card "$JPKI" status 2>"$work/output" >&- || status=$?
[ "$status" -eq 4 ] || fail "output closed: exit status $status, not 4"
says 'could not be written'
# shellcheck disable=SC2016 # for that shell
with_card sh -c 'echo $$ >"$0"
    exec env LD_PRELOAD="$JPKI_CARD_FAULT_LIB" JPKI_CARD_SIGNAL="A4 19" \
        "$JPKI" status <&- 2>&-' "$work/pid" >"$work/output" &
waited=0
until [ -s "$work/pid" ] && grep -q '^State:.T' "/proc/$(cat "$work/pid")/status"; do
    waited=$((waited + 1))
    [ "$waited" -lt 500 ] || fail 'it does not stop'
    sleep 0.02
done
for descriptor in 0 2; do
    [ "$(readlink "/proc/$(cat "$work/pid")/fd/$descriptor")" = /dev/null ] ||
        fail "descriptor $descriptor is closed, or something else"
done
kill -CONT "$(cat "$work/pid")"
wait $! || fail 'without an input'
says 'My Number Card'

# colours ENVIRONMENT...: whether the status on a terminal has colours then.
colours() {
    with_card env "$@" script -qec '"$JPKI"' /dev/null </dev/null \
        >"$work/output" 2>&1 || fail 'on a terminal'
    grep -q "$(printf '\033')\[" "$work/output"
}
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    colours TERM=xterm || fail 'no colours on a terminal'
    ! colours TERM=xterm NO_COLOR=1 || fail 'colours with NO_COLOR'
    ! colours TERM=dumb || fail 'colours on a dumb terminal'
fi
jpki 0
keeps_quiet "$(printf '\033')"

# language VARIABLE=VALUE... -- WORD: help in that environment has WORD.
language() {
    LC_ALL='' env "$@" "$JPKI" --help >"$work/output"
}
language LC_ALL=ja_JP.eucJP LANG=C
says '使い方'
language LC_MESSAGES=ja LANG=en_US.UTF-8
says '使い方'
language LANG=ja_JP.UTF-8
says '使い方'
language LC_ALL=C LANG=ja_JP.UTF-8
says Usage
language LC_MESSAGES=en_GB LANG=ja_JP.UTF-8
says Usage
language LANG=jam
says Usage
language LANG=
says Usage
echo ok
