#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Breaks the promises of the project, one at a time, and expects the test that
# guards each to fail:
#
#     sh tests/replant/run.sh TREE [NAME...]
#
# NAME.patch beside this script breaks the promise that its first line states;
# its second line names the test. It is applied to a copy of TREE, which is
# built, tested and put right again. A test that passes all the same is a gap; a
# patch that does not apply or build proves nothing and counts as a failure, and
# so does a test that fails before anything is broken.
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

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'echo "replant: interrupted" >&2; exit 130' INT TERM
copy=$work/tree
build=$work/build
log=$work/log

# Without build directories, whatever their names.
make_copy() {
    mkdir "$copy"
    for entry in "$tree"/*; do
        [ -d "$entry/meson-private" ] || cp -R "$entry" "$copy"
    done
}

die() {
    echo "replant: $1" >&2
    tail -n 40 "$log" >&2
    exit 1
}

# guards NAME...: the tests that these patches name, each once.
guards() {
    for name in "$@"; do
        sed -n '2s/^# Caught by: //p' "$here/$name.patch"
    done | sort -u
}

# run_tests NAME...: true when the tests that guard these promises pass, all of
# them; their number is in $count.
run_tests() {
    guards "$@" >"$work/guards"
    count=$(wc -l <"$work/guards")
    tr '\n' '\0' <"$work/guards" |
        xargs -0 meson test -C "$build" --no-rebuild >"$log" 2>&1 &&
        [ "$(results OK)" -eq "$count" ]
}

# results RESULT: how many tests of the last run ended so.
results() {
    grep -cE "\"result\": \"($1)\"" "$build/meson-logs/testlog.json" || true
}

# break_promise NAME: true when the test that guards the promise fails.
break_promise() {
    if ! patch -d "$copy" -p1 --no-backup-if-mismatch -r - \
        <"$here/$1.patch" >"$log" 2>&1; then
        echo "    FAILED: does not apply"
        cat "$log"
    elif ! ninja -C "$build" >"$log" 2>&1; then
        echo "    FAILED: does not build"
        tail -n 20 "$log"
    elif run_tests "$1"; then
        echo "    FAILED: not noticed by $(guards "$1")"
    elif [ "$(results 'FAIL|TIMEOUT|ERROR')" -eq 0 ]; then
        echo "    FAILED: did not run: $(guards "$1")"
    else
        echo "    caught by $(guards "$1")"
        return 0
    fi
    return 1
}

# restore NAME: puts right what its patch, or a part of it, changed.
restore() {
    sed -n 's,^+++ b/,,p' "$here/$1.patch" | while read -r file; do
        cp "$tree/$file" "$copy/$file"
    done
}

if [ $# -eq 0 ]; then
    for file in "$here"/*.patch; do
        name=${file##*/}
        set -- "$@" "${name%.patch}"
    done
fi

make_copy
meson setup -Dwerror=true -Dtests=enabled "$build" "$copy" >"$log" 2>&1 ||
    die "the tree cannot be configured"
ninja -C "$build" >"$log" 2>&1 || die "the tree does not build"
run_tests "$@" || die "a test fails before anything is broken"
echo "replant: $count tests pass before anything is broken"

caught=0
for name in "$@"; do
    sed -n "1s/^# /$name: /p" "$here/$name.patch"
    if break_promise "$name"; then
        caught=$((caught + 1))
    fi
    restore "$name"
done
echo "$caught of $# mistakes caught"
[ "$caught" -eq $# ]
