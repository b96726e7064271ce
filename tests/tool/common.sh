# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What every test of the command jpki begins with, which sources this first.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../vcard/card.sh"
: "${JPKI:?is not set}"

# No colours, no configuration and no profile of the person who runs the tests; nor
# meson's way to the stand-in, where the real libpcsclite is wanted.
HOME=$work/home
NO_COLOR=
TERM=dumb
unset LC_MESSAGES LANG XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME LD_LIBRARY_PATH
LC_ALL=C.UTF-8
export HOME NO_COLOR TERM LC_ALL
mkdir "$HOME"

# ld.so splits LD_PRELOAD at spaces, which a build folder's path may have.
ln -s "${JPKI_CARD_FAULT_LIB:?is not set}" "$work/card-fault.so"
ln -s "${JPKI_HOST_FAULT_LIB:?is not set}" "$work/host-fault.so"
JPKI_CARD_FAULT_LIB=$work/card-fault.so
JPKI_HOST_FAULT_LIB=$work/host-fault.so

# jpki STATUS ARGUMENT...: the command on the card that is in, in the language of
# $LC_ALL; it exits with STATUS; its output, both kinds, is in $work/output.
jpki() {
    expected=$1
    shift
    status=0
    on_card "$JPKI" "$@" || status=$?
    [ "$status" -eq "$expected" ] ||
        fail "${persona:+$persona: }jpki $*: exit status $status, not $expected"
}

# jpki_without_readers STATUS ARGUMENT...: the same where pcscd knows no reader.
jpki_without_readers() {
    expected=$1
    shift
    status=0
    env -u JPKI_VCARD LD_LIBRARY_PATH="$JPKI_VCARD_LIB" \
        "$JPKI" "$@" >"$work/output" 2>&1 || status=$?
    [ "$status" -eq "$expected" ] ||
        fail "jpki $*: exit status $status, not $expected"
}

# in_japanese, in_english: from here on.
in_japanese() {
    LC_ALL=ja_JP.UTF-8
}

in_english() {
    LC_ALL=C.UTF-8
}

# row_of SECTION NAME: exit status, English and Japanese, of the row that has NAME
# in the table of that section of docs/tool.md, with | between.
docs=$here/../../docs
row_of() {
    sed -n "/^## $1\$/,/^## /p" "$docs/tool.md" |
        awk -F ' *[|] *' -v name="$2" '
            {
                n = split($2, names, ", ")
                for (i = 1; i <= n; i++)
                    if (names[i] == name)
                        print $3 "|" $4 "|" $5
            }'
}

# says_all TEXT / TEXT...: the output has each of them.
says_all() {
    printf '%s\n' "$1" | sed 's, / ,\n,g' >"$work/phrases"
    while IFS= read -r phrase; do
        says "$phrase"
    done <"$work/phrases"
}

# keeps_quiet TEXT: the output has it nowhere.
keeps_quiet() {
    ! grep -qF -- "$1" "$work/output" || fail "it says: $1"
}

# Whether this machine has pseudo-terminals: asked here, before a test preloads
# anything, which not every program can start with.
terminals=true
"${JPKI_ON_TERMINAL:-false}" -- true >/dev/null 2>&1 || terminals=false

# Whether host_fault.c can be preloaded: a sanitizer has some of its functions itself.
host_faults=true
# shellcheck disable=SC2034 # for those that source this
[ "${JPKI_SANITIZE:-none}" = none ] || host_faults=false

# types STATUS [ANSWER...] -- PROGRAM ARGUMENT...: the program on a terminal, where
# somebody types the answers; what is shown there is in $work/output.
types() {
    expected=$1
    shift
    status=0
    "$terminals" || skip 'no pseudo-terminals here'
    on_card "$JPKI_ON_TERMINAL" "$@" || status=$?
    case " $expected " in
    *" $status "*) ;;
    *) fail "${persona:+$persona: }$*: exit status $status, not $expected" ;;
    esac
}

# selects_before N: how many SELECT with data the card got before the Nth PIN.
selects_before() {
    awk -v nth="$1" '
        $3 == "20" && $6 > 0 && ++pins == nth { exit }
        $3 == "A4" && $6 > 0 { count++ }
        END { print count + 0 }' "$JPKI_VCARD_LEDGER"
}

# keeps_number: nothing read the individual number. A ledger is wanted for that.
keeps_number() {
    ! grep -q individual-number "$JPKI_VCARD_LEDGER" ||
        fail 'the individual number was selected or read'
}
