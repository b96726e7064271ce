#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each header compiles alone, and twice, with every compiler that is here.
set -eu
. "$(dirname "$0")/common.sh"

flags=$(pkg-config --cflags libpcsclite p11-kit-1 libcrypto inih cmocka)

# check COMPILER HEADER
check() {
    # shellcheck disable=SC2086 # a list of flags
    printf '#include "%s"\n#include "%s"\n' "$2" "$2" |
        "$1" -std=c11 -D_GNU_SOURCE -I. $flags -Wall -Wextra -Werror \
            -fsyntax-only -x c - 2>&1 || echo "$2: does not compile with $1"
}

complaints=$(
    for compiler in gcc clang; do
        command -v "$compiler" >/dev/null || continue
        for header in $(files '*.h'); do
            check "$compiler" "$header"
        done
    done
)
verdict "$complaints"
