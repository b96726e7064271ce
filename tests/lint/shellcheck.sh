#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# No script has anything in it that shellcheck minds; but a sourced file need not
# be found, and a dollar in single quotes is awk's.
set -eu
. "$(dirname "$0")/common.sh"

skip_without shellcheck
complaints=$(
    scripts | while read -r file; do
        shellcheck --format=gcc --exclude=SC1091,SC2016 "$file" || true
    done
)
verdict "$complaints"
