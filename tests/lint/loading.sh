#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The module loads no code. One line of it calls dlopen, with RTLD_NOLOAD, so
# that it stays mapped where threads are left in it. What the built module
# imports is looked at by exports.sh, which cannot see how dlopen is called.
set -eu
. "$(dirname "$0")/common.sh"

allowed='^pkcs11/entry_general\.c:[0-9]+:.* = dlopen\([^()]*\bRTLD_NOLOAD\b'

# The functions that load code or find it by name, wherever they are named.
calls=$(files '*.[ch]' | grep -v '^tests/' |
    xargs -r grep -nHwE 'dlopen|dlmopen|dlsym|dlvsym' || true)
complaints=$(
    printf '%s\n' "$calls" | grep . | grep -vE "$allowed" |
        sed 's/$/ (loads code)/' || true
    [ "$(printf '%s\n' "$calls" | grep -cE "$allowed")" -le 1 ] ||
        echo 'pkcs11/entry_general.c: calls dlopen more than once'
)
verdict "$complaints"
