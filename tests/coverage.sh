#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# coverage.sh SOURCE BUILD: builds the unit tests of the signing policy in the
# folder BUILD with gcov, runs them, and prints how much of the policy's code
# they went through. Fails unless it is every line and every branch of the files
# that decide.
set -eu

source=${1:?usage: $0 SOURCE BUILD}
build=${2:?usage: $0 SOURCE BUILD}

# What decides, and the tests that have to go through all of it.
decide='crypto/birth_date crypto/profile token/policy'
tests='birth-date policy profile'

if [ ! -f "$build/build.ninja" ]; then
    CC=gcc meson setup -Db_coverage=true -Dbuildtype=debug "$build" "$source" \
        >/dev/null
fi
targets=
for name in $tests; do
    targets="$targets tests/unit/crypto/test-crypto-$name"
done
# shellcheck disable=SC2086
ninja -C "$build" $targets >/dev/null
find "$build" -name '*.gcda' -delete
for name in $tests; do
    "$build/tests/unit/crypto/test-crypto-$name" >/dev/null 2>&1
done

status=0
for file in $decide; do
    folder=${file%/*} name=${file#*/}
    objects=$build/$folder/libjpki-$folder.a.p
    found=$(cd "$build" && gcov --branch-probabilities --no-output \
        --object-file "$objects/$name.c.o" "$name.c" 2>/dev/null |
        awk -v file="$file.c'" '
            /^File/ { ours = index($0, file) }
            ours && /^(Lines executed|Taken at least once)/ {
                ours = !/^Taken/
                sub(/.*:/, "")
                printf "%s%s", sep, $0
                sep = ", "
            }')
    echo "$file.c: lines and branches: $found"
    case $found in
    '100.00% of '*', 100.00% of '*) ;;
    *) status=1 ;;
    esac
done
exit "$status"
