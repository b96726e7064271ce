#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# No script has anything in it that shellcheck minds, with what it sources; but a
# dollar in single quotes is awk's, and a function may go without its options.
set -eu
. "$(dirname "$0")/common.sh"

skip_without shellcheck
complaints=$(
    scripts | while read -r file; do
        shellcheck --format=gcc --external-sources --source-path=SCRIPTDIR \
            --exclude=SC1091,SC2016,SC2119 "$file" || true
    done
)
verdict "$complaints"
