#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A server that prefers RSA-PSS with SHA-512, which no card signs: curl, openssl and
# GnuTLS fail, nothing is signed and no try is lost; with what the README says they
# get the page.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without curl gnutls-cli
PKCS11_MODULE_PATH=$JPKI_MODULE
export PKCS11_MODULE_PATH
openssl engine pkcs11 >/dev/null 2>&1 || skip 'no PKCS#11 engine for OpenSSL'
uri='pkcs11:model=My%20Number%20Card;object=User%20Authentication'
page='Ciphers supported in s_server binary'
allowed=RSA-PSS+SHA256:RSA+SHA256

by_curl() {
    on_card curl --silent --show-error --cacert "$work/server.pem" --pass 1234 \
        --cert "$uri;type=cert" --key "$uri;type=private" \
        "https://127.0.0.1:$port/" </dev/null || true
}

by_curl_configured() {
    printf '%s\n' 'openssl_conf = init' '[init]' 'ssl_conf = ssl' '[ssl]' \
        'system_default = tls' '[tls]' "ClientSignatureAlgorithms = $allowed" \
        >"$work/openssl.cnf"
    OPENSSL_CONF=$work/openssl.cnf by_curl
}

# request COMMAND...: the page by what it writes to the server.
request() {
    printf 'GET / HTTP/1.0\r\n\r\n' >"$work/request"
    on_card "$@" <"$work/request" || true
}

by_openssl() {
    request openssl s_client -connect "127.0.0.1:$port" -ign_eof \
        -CAfile "$work/server.pem" -cert "$work/auth.pem" -engine pkcs11 \
        -keyform engine -key "$uri;type=private;pin-value=1234" "$@"
}

by_openssl_configured() {
    by_openssl -client_sigalgs "$allowed"
}

by_gnutls() {
    GNUTLS_PIN=1234 request gnutls-cli --port "$port" 127.0.0.1 \
        --verify-hostname=localhost --x509cafile="$work/server.pem" \
        --provider "$JPKI_MODULE" --x509certfile="$uri;type=cert" \
        --x509keyfile="$uri;type=private" "$@"
}

by_gnutls_configured() {
    by_gnutls --priority \
        NORMAL:-SIGN-RSA-PSS-RSAE-SHA384:-SIGN-RSA-PSS-RSAE-SHA512
}

# check CLIENT ERROR: what it says before it is configured.
check() {
    new_ledger
    "$1"
    grep -q "$2" "$work/output" || fail "$1: another error"
    ! grep -qF "$page" "$work/output" || fail "$1: let in"
    expect_signing_commands 0
    "$1_configured"
    says "$page"
    expect_signing_commands 1
    expect_sent_pins 3 1234
    expect_sent_pins 3
}

insert adult
openssl x509 -inform DER -in "$card/ef/000A" -out "$work/auth.pem"
use_conf "$work/conf" '[app openssl]' 'show = auth'
start_tls_server -tls1_3 -client_sigalgs RSA-PSS+SHA512:RSA-PSS+SHA384:RSA-PSS+SHA256
# OpenSSL 3.6 says no more than the latter.
check by_curl 'echanism\|EVP lib'
check by_openssl 'echanism\|EVP lib'
check by_gnutls 'The request is invalid'
echo ok
