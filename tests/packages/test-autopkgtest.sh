#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The packages' own tests, debian/tests, in a bare system.
. "$(dirname "$0")/common.sh"

apt update
apt install --no-install-recommends autopkgtest dpkg-dev
autopkgtest --no-built-binaries --output-dir="$made/autopkgtest" \
    "$(deb $name)" "$(deb jpki-vcard)" "$made"/deb/*.dsc -- null >"$made/log" 2>&1 || {
    tail -n 60 "$made/log"
    fail 'autopkgtest'
}
cat "$made/autopkgtest/summary"
