#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A TLS server that wants a certificate of the card's CA lets the holder in, with
# the authentication key through OpenSSL's PKCS#11 engine, and turns a stranger
# away. A wrong PIN costs one try, one of the wrong form and a locked card none, and
# get no page.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
PKCS11_MODULE_PATH=$JPKI_MODULE
export PKCS11_MODULE_PATH
. "$here/engine.sh"

# get ARGS...: asks for the page with these arguments of s_client.
get() {
    printf 'GET / HTTP/1.0\r\n\r\n' >"$work/request"
    on_card openssl s_client -connect "127.0.0.1:$port" \
        -CAfile "$work/server.pem" -client_sigalgs RSA+SHA256 -ign_eof "$@" \
        <"$work/request" || true
    grep -q '^HTTP/1.0 200' "$work/output"
}

# page PIN
page() {
    get -cert "$work/auth.pem" -engine pkcs11 -keyform engine \
        -key "$key;pin-value=$1"
}

insert adult
use_key auth
openssl x509 -inform DER -in "$card/ef/000A" -out "$work/auth.pem"
start_tls_server -tls1_2
key='pkcs11:model=My%20Number%20Card;object=User%20Authentication;type=private'
use_conf "$work/conf" '[app openssl]' 'show = auth'
check_right page 2 1 'Verify return code: 0 (ok)'
check_refusals page "$engine_incorrect" "$engine_locked"
! get || fail 'a stranger was let in'
echo ok
