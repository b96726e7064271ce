#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# TLS 1.3 wants PSS: GnuTLS's client is let in with a card that knows it. With one
# that does not, it is turned away at once and nothing is signed; where the server
# speaks TLS 1.2, it is let in. A wrong PIN costs one try, one of the wrong form and
# a locked card none, and get no page.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without gnutls-cli
uri='pkcs11:model=My%20Number%20Card;object=User%20Authentication'

# page PIN: asks for it, with the authentication key.
page() {
    printf 'GET / HTTP/1.0\r\n\r\n' >"$work/request"
    GNUTLS_PIN=$1 on_card gnutls-cli --port "$port" 127.0.0.1 \
        --verify-hostname=localhost --x509cafile="$work/server.pem" \
        --provider "$JPKI_MODULE" --x509certfile="$uri;type=cert" \
        --x509keyfile="$uri;type=private" <"$work/request" || true
    grep -qF 'Verify return code: 0 (ok)' "$work/output"
}

insert adult
use_key auth
start_tls_server -tls1_3
check_right page 2 1 'RSA-PSS-RSAE-SHA256'
check_refusals page 'Wrong PIN has been provided' 'PIN locked'

start_tls_server -tls1_3
check_pin page 'TLS 1.3 without PSS' quirk-no-pss 1234 1 0 3 'TLS fatal alert'
start_tls_server -tls1_2
check_pin page 'TLS 1.2 without PSS' quirk-no-pss 1234 2 1 3
echo ok
