#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# No script has anything in it that shellcheck minds.
set -eu
. "$(dirname "$0")/common.sh"

skip_without shellcheck
complaints=$(
    scripts | while read -r file; do
        shellcheck --format=gcc --exclude=SC1091 "$file" || true
    done
)
verdict "$complaints"
