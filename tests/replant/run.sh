#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Puts known mistakes back, one at a time, and expects the tests to notice:
#
#     sh tests/replant/run.sh TREE [NAME...]
#
# Each NAME.patch beside this script is a mistake, with a first line that says
# which. It is applied to a copy of TREE, which is built and tested and put
# right again. A mistake that no test fails for is a gap in the tests. A patch
# that does not apply or does not build proves nothing, and counts as a failure
# as well; so does a copy whose tests fail before anything is put back.
#
# CC names the compiler. The last line is "N of N mistakes caught".
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "${1:?usage: run.sh TREE [NAME...]}" && pwd)
shift
for tool in meson ninja patch; do
    command -v "$tool" >/dev/null || {
        echo "replant: no $tool here" >&2
        exit 1
    }
done

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
trap 'echo "replant: interrupted" >&2; exit 130' INT TERM
copy=$room/tree
build=$room/build
log=$room/log

# The random walk finds in a moment what it finds at all, and so do the sweep, the
# threads and a part of the failing calls.
JPKI_WALK_STEPS=10000
JPKI_SWEEP_STRIDE=61
JPKI_SWEEP_PAIRS=100
JPKI_THREADS_SIGNATURES=30
JPKI_UNLOAD_ROUNDS=100
JPKI_RESOURCES=8
export JPKI_WALK_STEPS JPKI_SWEEP_STRIDE JPKI_SWEEP_PAIRS
export JPKI_THREADS_SIGNATURES JPKI_UNLOAD_ROUNDS JPKI_RESOURCES

make_copy() {
    mkdir "$copy"
    (cd "$tree" && tar -cf - --exclude=./.git --exclude='./build*' .) |
        (cd "$copy" && tar -xf -)
}

# list_tests UNITS: the names of the tests to run, a line each: the unit tests
# that UNITS names and those of the module, but for the one that is there for
# breadth and takes longer than all the others together.
list_tests() {
    meson test -C "$build" --no-rebuild --list --suite unit --suite module |
        sed -n 's,.* / ,,p' | grep -E "^(unit ($1)-|module )" |
        grep -vx 'module conformance'
}

# The unit tests that can see a mistake of this patch.
units_for() {
    if grep -q '^--- a/crypto/' "$1"; then
        echo crypto
    else
        echo token
    fi
}

run_tests() {
    (
        IFS='
'
        # shellcheck disable=SC2086 # a name may have a blank in it
        meson test -C "$build" --no-rebuild $names
    ) >"$log" 2>&1
}

# Who failed, a line for each test program, out of meson's record of the run.
catchers() {
    grep -E '"result": "(FAIL|TIMEOUT|ERROR)"' \
        "$build/meson-logs/testlog.json" | while read -r line; do
        name=$(printf '%s\n' "$line" | sed 's/.*"name": "\([^"]*\)".*/\1/')
        functions=$(printf '%s\n' "$line" |
            grep -oE '\[  FAILED  \] [a-z][a-z0-9_]*' |
            sed 's/.* //' | sort -u | tr '\n' ' ')
        echo "        ${name##* / }: ${functions:-as a whole}"
    done
}

# replant NAME: 0 when the tests noticed.
replant() {
    patch_file=$here/$1.patch
    sed -n '1s/^# */    /p' "$patch_file"
    if ! (cd "$copy" && patch -p1 --no-backup-if-mismatch -r - \
        <"$patch_file" >"$log" 2>&1); then
        echo "    FAILED: does not apply"
        cat "$log"
        # What part of it did apply must not stay.
        rm -rf "$copy"
        make_copy
        return 1
    fi
    verdict=1
    names=$(list_tests "$(units_for "$patch_file")")
    if ! ninja -C "$build" >"$log" 2>&1; then
        echo "    FAILED: does not build"
        tail -n 20 "$log"
    elif run_tests; then
        echo "    FAILED: no test noticed"
    else
        echo "    caught by"
        catchers
        verdict=0
    fi
    (cd "$copy" && patch -R -p1 -r - <"$patch_file" >"$log" 2>&1) || {
        cat "$log"
        exit 1
    }
    return "$verdict"
}

make_copy
echo "replant: building and testing the tree as it is"
{ meson setup "$build" "$copy" && ninja -C "$build"; } >"$log" 2>&1 || {
    tail -n 20 "$log"
    exit 1
}
names=$(list_tests 'token|crypto')
run_tests || {
    echo "replant: the tests fail before anything is put back"
    tail -n 40 "$log"
    exit 1
}

if [ $# -eq 0 ]; then
    for file in "$here"/*.patch; do
        name=${file##*/}
        set -- "$@" "${name%.patch}"
    done
fi
caught=0
for name in "$@"; do
    echo "$name"
    if replant "$name"; then
        caught=$((caught + 1))
    fi
done
echo "$caught of $# mistakes caught"
[ "$caught" -eq $# ]
