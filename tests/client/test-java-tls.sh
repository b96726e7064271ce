#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's TLS client with the authentication key: a page by TLS 1.2 and, with PSS,
# TLS 1.3. A wrong PIN costs one try, one of the wrong form and a locked card none,
# and get no page.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without java javac

# page PIN
page() {
    on_card timeout 100 java -cp "$work/classes" TlsPage "$work/java.conf" "$1" \
        "$work/server.pem" "https://localhost:$port/"
}

javac -d "$work/classes" "$here/TlsPage.java"
printf 'name = JPKI\nlibrary = %s\nslotListIndex = 0\n' "$JPKI_MODULE" \
    >"$work/java.conf"
insert adult
use_key auth
for version in -tls1_2 -tls1_3; do
    start_tls_server "$version"
    check_right page 2 1 'Cipher is'
done
check_refusals page CKR_PIN_INCORRECT CKR_PIN_LOCKED
echo ok
