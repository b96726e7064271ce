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
    } | while read -r file; do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' ||
            echo "$file: no SPDX line"
    done
)
verdict "$complaints"
