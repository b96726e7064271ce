# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What every test of the command jpki begins with, which sources this first.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../vcard/card.sh"
: "${JPKI:?is not set}"

# No colours, no configuration and no profile of the person who runs the tests.
HOME=$work/home
NO_COLOR=
TERM=dumb
unset LC_MESSAGES LANG XDG_CONFIG_HOME XDG_DATA_HOME
LC_ALL=C.UTF-8
export HOME NO_COLOR TERM LC_ALL
mkdir "$HOME"

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

# in_japanese, in_english: from here on.
in_japanese() {
    LC_ALL=ja_JP.UTF-8
}

in_english() {
    LC_ALL=C.UTF-8
}

# keeps_quiet TEXT: the output has it nowhere.
keeps_quiet() {
    ! grep -qF -- "$1" "$work/output" || fail "it says: $1"
}

# types STATUS [ANSWER...] -- PROGRAM ARGUMENT...: the program on a terminal, where
# somebody types the answers; what is shown there is in $work/output.
types() {
    expected=$1
    shift
    status=0
    on_card "${JPKI_ON_TERMINAL:?is not set}" "$@" || status=$?
    case " $expected " in
    *" $status "*) ;;
    *) fail "${persona:+$persona: }$*: exit status $status, not $expected" ;;
    esac
}

# keeps_number: nothing read the individual number. A ledger is wanted for that.
keeps_number() {
    ! grep -q individual-number "$JPKI_VCARD_LEDGER" ||
        fail 'the individual number was selected or read'
}
