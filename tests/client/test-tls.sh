#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-tls.sh FOLDER: a TLS server that wants a certificate of the card's CA lets
# the holder in, with the authentication key through OpenSSL's PKCS#11 engine,
# and turns a stranger away.
set -eu

folder=$1
PKCS11_MODULE_PATH=${JPKI_MODULE:?is not set}
export PKCS11_MODULE_PATH
openssl engine pkcs11 >/dev/null 2>&1 || {
    echo 'no PKCS#11 engine for OpenSSL'
    exit 77
}
work=$(mktemp -d)
. "$(dirname "$0")/server.sh"
clean_up() {
    stop_server
    rm -rf "$work"
}
trap clean_up EXIT

openssl x509 -inform DER -in "$folder/ef/000B" -out "$work/ca.pem"
openssl x509 -inform DER -in "$folder/ef/000A" -out "$work/auth.pem"
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost \
    -keyout "$work/server.key" -out "$work/server.pem" 2>/dev/null
start_server env -u LD_LIBRARY_PATH openssl s_server -accept 127.0.0.1:0 \
    -tls1_2 -www -cert "$work/server.pem" -key "$work/server.key" -Verify 1 \
    -verify_return_error -CAfile "$work/ca.pem"

# page ARGS...: asks for the page with these arguments of s_client.
page() {
    printf 'GET / HTTP/1.0\r\n\r\n' |
        openssl s_client -connect "127.0.0.1:${port:?}" -CAfile "$work/server.pem" \
            -client_sigalgs RSA+SHA256 -ign_eof "$@" >"$work/page" 2>&1 || true
}

uri='pkcs11:token=JPKI%20Auth%20%284-digit%20PIN%29;type=private;pin-value=1234'
page -cert "$work/auth.pem" -engine pkcs11 -keyform engine -key "$uri"
grep -q 'Verify return code: 0 (ok)' "$work/page" || {
    echo 'FAIL: the holder was not let in'
    cat "$work/page"
    exit 1
}
page
if grep -q '^HTTP/1.0 200' "$work/page"; then
    echo 'FAIL: a stranger was let in'
    exit 1
fi
echo ok
