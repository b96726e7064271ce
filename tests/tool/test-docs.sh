#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Both man pages and the completion have every command and option that --help
# has, and no others; the man pages have every exit status.
. "$(dirname "$0")/common.sh"
: "${JPKI_MAN:?is not set}" "${JPKI_COMPLETION:?is not set}"
insert adult

# What the program has: commands, options, of all commands.
jpki 0 --help
sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' "$work/output" \
    >"$work/commands"
[ -s "$work/commands" ] || fail 'no commands'
{
    grep -oE -e '--[a-z][a-z-]*' "$work/output"
    while read -r command; do
        jpki 0 "$command" --help
        grep -oE -e '--[a-z][a-z-]*' "$work/output"
    done <"$work/commands"
} | sort -u >"$work/options"
sort -o "$work/commands" "$work/commands"

# same WHAT FILE: the names on standard input are those in FILE.
same() {
    sort -u >"$work/found"
    diff "$2" "$work/found" >"$work/output" || fail "$1"
}

for page in "$JPKI_MAN/jpki.1" "$JPKI_MAN/ja/jpki.1"; do
    sed 's/\\-/-/g' "$page" >"$work/page"
    awk '/^\.SH (COMMANDS|コマンド)$/ { inside = 1; next } /^\.SH/ { inside = 0 }
        inside && tag { sub(/^\.BR? /, ""); print; tag = 0 }
        inside && /^\.TP/ { tag = 1 }' "$work/page" |
        cut -d' ' -f1 | same "$page: commands" "$work/commands"
    sed -nE 's/^\.BR? (-[A-Za-z] ", ")? ?(--[a-z-]+).*/\2/p' "$work/page" |
        same "$page: options" "$work/options"
    for status in 0 1 2 3 4; do
        grep -qx "\.B $status" "$work/page" || fail "$page: exit status $status"
    done
done
sed -n "s/.*commands='\(.*\)'/\1/p" "$JPKI_COMPLETION" | tr ' ' '\n' |
    same 'completion: commands' "$work/commands"
sed -n "s/.*options='\(.*\)'/\1/p" "$JPKI_COMPLETION" | tr ' ' '\n' |
    same 'completion: options' "$work/options"

# proposals WORD...: what bash proposes for the last one.
proposals() {
    bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jpki
        printf "%s\n" "${COMPREPLY[@]}"' "$JPKI_COMPLETION" jpki "$@"
}
if command -v bash >/dev/null; then
    [ "$(proposals st)" = status ] || fail 'completion of st'
    [ "$(proposals status --js)" = --json ] || fail 'completion of --js'
    [ -z "$(proposals status d)" ] || fail 'a second command'
    [ "$(proposals pin ch | wc -l)" -eq 2 ] || fail 'completion of pin'
    [ "$(proposals pin change t)" = text ] || fail 'completion of a PIN'
    [ "$(proposals certificate s)" = sign ] || fail 'completion of s'
    jpki 0 register --help
    targets=$(sed -n 's/^.*register \[\(.*\)\].*/\1/p' "$work/output" | tr '|' ' ')
    [ "$(proposals register '' | tr '\n' ' ')" = "$targets " ] ||
        fail 'completion of register'
fi

# The targets of register: those of --help, in the documentation's table as well.
jpki 0 register --help
sed -n 's/^.*register \[\(.*\)\].*/\1/p' "$work/output" | tr '|' '\n' |
    sort >"$work/targets"
[ -s "$work/targets" ] || fail 'no targets'
sed -n '/^## jpki register$/,$s/^| \([a-z0-9-]*\) .*/\1/p' \
    "$docs/tool.md" | grep -v '^target$' |
    same 'docs/tool.md: targets of register' "$work/targets"

# What a person most often meets is in each manual, and each README.
for page in "$JPKI_MAN/jpki-pkcs11.7" "$JPKI_MAN/ja/jpki-pkcs11.7" \
    "$docs/../README.md" "$docs/../README.ja.md"; do
    for text in 'No slots' '400' 'CKR_KEY_FUNCTION_NOT_PERMITTED' \
        'final user PIN try' 'jpki doctor'; do
        sed 's/\\-/-/g' "$page" | grep -qF "$text" || fail "$page: no $text"
    done
done

# Japanese lines are not broken at blanks, which groff's warnings are about.
if command -v groff >/dev/null; then
    for page in "$JPKI_MAN"/*.[1-9]; do
        groff -man -Tutf8 -Kutf8 -ww -z "$page" 2>"$work/output"
        [ ! -s "$work/output" ] || fail "groff complains of $page"
    done
fi
echo ok
