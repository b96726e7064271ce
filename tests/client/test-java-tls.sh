#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's TLS client with the authentication key: a page by TLS 1.2 and, with PSS,
# TLS 1.3; a wrong PIN costs one try and gets none.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without java javac

# page PIN
page() {
    on_card timeout 100 java "$here/TlsPage.java" "$work/java.conf" "$1" \
        "$work/server.pem" "https://localhost:$port/"
}

printf 'name = JPKI\nlibrary = %s\nslotListIndex = 0\n' "$JPKI_MODULE" \
    >"$work/java.conf"
insert adult
for version in -tls1_2 -tls1_3; do
    start_tls_server "$version"
    new_ledger
    page 1234 || fail "$version: no page"
    says 'Cipher is'
    expect_signing_commands 1
    expect_sent_pins 2 1234
done
new_ledger
! page 9999 || fail 'a page with a wrong PIN'
expect_sent_pins 1
expect_signing_commands 0
expect_tries auth 2
echo ok
