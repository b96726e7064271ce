#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Functions stay under 60 lines, files under 500. The layout that clang-format
# keeps puts the braces of a function, and no others, at the start of a line.
set -eu
. "$(dirname "$0")/common.sh"

complaints=$(
    files '*.[ch]' | xargs -r awk '
        FNR == 1 { open = 0 }
        /^[A-Za-z_].*\(/ { name = $0 }
        /^\{$/ { open = FNR }
        /^\}/ {
            if (open && FNR - open - 1 >= 60)
                printf "%s:%d: %d lines: %s\n", FILENAME, open,
                    FNR - open - 1, name
            open = 0
        }
        FNR == 500 { print FILENAME ": 500 lines or more" }'
)
verdict "$complaints"
