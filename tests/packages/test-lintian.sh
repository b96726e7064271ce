#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lintian has neither errors nor warnings. Every compiler call has the hardening of
# the distribution (PIE is the compiler's own), and programs lie at an address of chance.
. "$(dirname "$0")/common.sh"

cd "$made/deb"
lintian --allow-root --pedantic --display-info --fail-on error,warning ./*.changes ||
    fail 'lintian complains'
blhc --debian --bindnow build.log || fail 'hardening is missing'
for package in ./*_*.deb; do
    dpkg-deb -x "$package" "$made/unpacked"
done
find "$made/unpacked" -path '*/usr/bin/*' -type f -o -path '*/libexec/*' -type f |
    while read -r program; do
        case $(readelf -h "$program" 2>/dev/null | sed -n 's/^ *Type: *//p') in
        '' | DYN*) ;;
        *) echo "$program" ;;
        esac
    done >"$made/fixed"
[ ! -s "$made/fixed" ] || fail "at a fixed address: $(cat "$made/fixed")"
rm -r "$made/unpacked"
