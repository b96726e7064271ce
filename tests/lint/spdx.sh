#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each source, script and build file names its licence in its first two lines.
set -eu
. "$(dirname "$0")/common.sh"

complaints=$(
    {
        files '*.[ch]' '*.map' meson.build meson_options.txt '*.awk'
        scripts
    } | xargs awk '
        FNR <= 2 && /SPDX-License-Identifier: Apache-2\.0/ { seen[FILENAME] }
        END {
            for (i = 1; i < ARGC; i++)
                if (!(ARGV[i] in seen))
                    print ARGV[i] ": no SPDX line"
        }'
)
verdict "$complaints"
