# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work and $card
# A TLS server that wants a certificate of the card's CA: sourced after common.sh
# and server.sh. Its own certificate is $work/server.pem, it listens on 127.0.0.1,
# $port.

# start_tls_server OPTION...: of s_server, as -tls1_3; for holders of cards of the CA
# of the card that is in.
start_tls_server() {
    [ -e "$work/server.pem" ] ||
        openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost \
            -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
            -keyout "$work/server.key" -out "$work/server.pem" 2>/dev/null
    openssl x509 -inform DER -in "$card/ef/000B" -out "$work/ca.pem"
    start_server openssl s_server -accept 127.0.0.1:0 "$@" -www \
        -cert "$work/server.pem" -key "$work/server.key" -Verify 1 \
        -verify_return_error -CAfile "$work/ca.pem"
}
