#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Functions stay under 60 lines, files under 500. The layout that clang-format
# keeps puts the braces of a function, and no others, at the start of a line.
set -eu
. "$(dirname "$0")/common.sh"

complaints=$(
    for file in $(files '*.[ch]'); do
        awk -v file="$file" '
        /^[A-Za-z_].*\(/ { name = $0 }
        /^\{$/ { open = NR }
        /^\}/ {
            if (open && NR - open - 1 >= 60)
                printf "%s:%d: %d lines: %s\n", file, open, NR - open - 1, name
            open = 0
        }
        END {
            if (NR >= 500)
                printf "%s: %d lines\n", file, NR
        }' "$file"
    done
)
verdict "$complaints"
