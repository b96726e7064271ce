#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# hardening.sh FILE...: each module or program, as it was built, is bound when it is
# loaded and read-only from then on, has nothing that is both written and run, looks
# for libraries nowhere of its own, and lies at an address of chance.
set -eu
LC_ALL=C
export LC_ALL

# check FILE: what is wrong with it.
check() {
    readelf --file-header "$1" >/dev/null || {
        echo 'cannot be read'
        return
    }
    dynamic=$(readelf --wide --dynamic "$1")
    segments=$(readelf --wide --segments "$1")

    printf '%s\n' "$dynamic" | grep -qE '\(FLAGS(_1)?\).*NOW' ||
        echo 'not bound at load (-z now)'
    ! printf '%s\n' "$dynamic" | grep -q TEXTREL || echo 'has text relocations'
    ! printf '%s\n' "$dynamic" | grep -qE '\((RPATH|RUNPATH)\)' ||
        echo 'has a run path'
    printf '%s\n' "$segments" | grep -q GNU_RELRO ||
        echo 'relocations stay writable (-z relro)'
    readelf --file-header "$1" | grep -qE '^ *Type: *DYN' ||
        echo 'at a fixed address (-pie)'
    printf '%s\n' "$segments" | awk '
        $1 == "GNU_STACK" { stack = $7 }
        $1 == "LOAD" && $0 ~ /RWE/ { print "writable code" }
        END { if (stack != "RW") print "executable stack" }'
}

complaints=$(
    for file in "$@"; do
        check "$file" | sed "s|^|$(basename "$file"): |"
    done
)
[ -n "$complaints" ] || exit 0
printf '%s\n' "$complaints"
exit 1
