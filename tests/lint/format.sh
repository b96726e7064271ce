#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The layout is the one that clang-format 14 gives by .clang-format; other
# versions of it disagree in details.
set -eu
. "$(dirname "$0")/common.sh"

tool=clang-format-14
command -v "$tool" >/dev/null || tool=clang-format
skip_without "$tool"
case $("$tool" --version) in
*'version 14.'*) ;;
*)
    echo 'skipped: this clang-format is not version 14'
    exit 77
    ;;
esac

complaints=$(
    files '*.[ch]' | xargs -r "$tool" --dry-run 2>&1 | grep 'warning: ' || true
)
verdict "$complaints"
