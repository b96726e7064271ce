#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# TLS 1.3 wants PSS: GnuTLS's client is let in with a card that knows it. With one
# that does not, it is turned away at once, nothing is signed and no try is lost;
# where the server speaks TLS 1.2, it is let in.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without gnutls-cli
uri='pkcs11:model=My%20Number%20Card;object=User%20Authentication'

# page: asks for it, with the authentication key.
page() {
    printf 'GET / HTTP/1.0\r\n\r\n' >"$work/request"
    GNUTLS_PIN=1234 on_card gnutls-cli --port "$port" 127.0.0.1 \
        --verify-hostname=localhost --x509cafile="$work/server.pem" \
        --provider "$JPKI_MODULE" --x509certfile="$uri;type=cert" \
        --x509keyfile="$uri;type=private" <"$work/request" || true
}

insert adult
start_tls_server -tls1_3
page
says 'RSA-PSS-RSAE-SHA256'
says 'Verify return code: 0 (ok)'

insert quirk-no-pss
JPKI_VCARD_LEDGER=$work/ledger
export JPKI_VCARD_LEDGER
start_tls_server -tls1_3
page
says 'TLS fatal alert'
! grep -q ' 2A 00 97 51 ' "$work/ledger" || fail 'the card has signed'
start_tls_server -tls1_2
page
says 'Verify return code: 0 (ok)'
expect_tries auth 3
echo ok
