#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [--quick] [--only PART]... [BUILD]: measures the module as built in
# BUILD ($JPKI_BUILD_DIR, build-test) beside OpenSC's, pair by pair, on the
# virtual card as slow as a contactless one: 8 ms a command, 47 us a byte, 250 ms
# a signature. Prints a table in Markdown; rows as they come go to standard error.
#
# Embedded (the replacement libpcsclite): pairs five lossy threads readers own
# sessions; behind a pcscd of its own, which wants root: pcscd-pairs shares resets
# pcscd-threads memory. All take an hour on a machine that must be quiet, with
# --quick some minutes, which is good for trying the script only.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
embedded_parts='pairs five lossy threads readers own sessions'
pcscd_parts='pcscd-pairs shares resets pcscd-threads memory'
slow_link='8000 47 250000'

usage() {
    sed -n '4,12s/^# *//p' "$0" >&2
    exit 2
}

# The sizes of a run: pairs; signatures of a batch, of a lossy run, of a thread,
# under callgrind; seeds and programs of a lossy reader; programs beside resets;
# seconds of programs at once; sessions.
full_size() {
    pairs=5 small=20 large=100 signatures=200 each=5 counted=20
    seeds=5 programs=100 resets=100 span=60 sessions=50000
}

quick_size() {
    pairs=1 small=3 large=6 signatures=50 each=2 counted=5
    seeds=1 programs=5 resets=5 span=6 sessions=5000
}

version() {
    dpkg-query -W -f '${Package} ${Version}\n' "$1" 2>/dev/null || true
}

print_table() {
    echo "Measured on $(date -u +%Y-%m-%d) at" \
        "$(git -C "$top" rev-parse --short HEAD 2>/dev/null || echo 'no commit')," \
        "medians of $pairs pairs, load $started at the start and" \
        "$(cut -d ' ' -f 1 /proc/loadavg) at the end," \
        "$(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)."
    echo "Packages: $(for package in opensc-pkcs11 pcscd libpcsclite1 \
        vsmartcard-vpcd libssl3 valgrind; do
        version "$package"
    done | paste -sd , | sed 's/,/, /g')."
    echo
    echo '| card | what | ours | OpenSC | ratio | target | holds |'
    echo '|---|---|---|---|---|---|---|'
    cat "$work/rows"
}

# run_parts PART...: those that are wanted.
run_parts() {
    for part in "$@"; do
        case " $only " in
        '  ' | *" $part "*) "measure_$(echo "${part#pcscd-}" | tr - _)" ;;
        esac
    done
}

prepare() {
    build=$(cd "$build" && pwd)
    ours=$build/pkcs11/jpki-pkcs11.so
    theirs=$(find /usr/lib -name opensc-pkcs11.so 2>/dev/null | head -n 1)
    [ -n "$theirs" ] || {
        echo 'run.sh: no opensc-pkcs11.so' >&2
        exit 1
    }
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    : >"$work/rows"
    JPKI_PERSONAS=$build/tests/vcard/personas
    JPKI_PKCS11_CONF=$build/tests/vcard/jpki-pkcs11.conf
    JPKI_VCARD_PROGRAM=$build/tests/vcard/jpki-vcard
    export build ours theirs only JPKI_PERSONAS JPKI_PKCS11_CONF \
        JPKI_VCARD_PROGRAM
}

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/measures.sh"
persona=adult
link=$slow_link
loss=
cards=

if [ "${BENCH_INSIDE:-}" ]; then
    way=pcscd
    work=$BENCH_INSIDE
    echo "link $slow_link" >"$JPKI_VCARD_CTL0"
    # shellcheck disable=SC2086 # words
    run_parts $pcscd_parts
    exit
fi

only=
build=${JPKI_BUILD_DIR:-$top/build-test}
full_size
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick_size ;;
    --only)
        [ $# -gt 1 ] || usage
        only="$only$2 "
        shift
        ;;
    -*) usage ;;
    *) build=$1 ;;
    esac
    shift
done
only=${only% }
export pairs small large signatures each counted seeds programs resets span sessions
started=$(cut -d ' ' -f 1 /proc/loadavg)
prepare

way=embedded
fresh_card
# shellcheck disable=SC2086 # words
run_parts $embedded_parts
way=pcscd
fresh_card
for part in $pcscd_parts; do
    case " $only " in
    '  ' | *" $part "*)
        BENCH_INSIDE=$work "$top/tests/daemon/with-pcscd.sh" "$work/card" -- \
            sh "$0" >&2 || echo 'run.sh: no measures behind pcscd' >&2
        break
        ;;
    esac
done
print_table
