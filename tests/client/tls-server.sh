# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# A TLS server that wants a certificate of the card's CA: sourced after
# common.sh. Its own certificate is $work/server.pem, it listens on 127.0.0.1,
# $port. The script that sources this calls stop_server at its end.
: "${work:?is not set}"
server=

stop_server() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    server=
}

# start_server VERSION: an option of s_server, for holders of cards of the CA of
# the card that is in.
start_server() {
    stop_server
    [ -e "$work/server.pem" ] ||
        openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost \
            -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
            -keyout "$work/server.key" -out "$work/server.pem" 2>/dev/null
    openssl x509 -inform DER -in "${card:?}/ef/000B" -out "$work/ca.pem"
    openssl s_server -accept 127.0.0.1:0 "$1" -www -cert "$work/server.pem" \
        -key "$work/server.key" -Verify 1 -verify_return_error \
        -CAfile "$work/ca.pem" </dev/null >"$work/server.log" 2>&1 &
    server=$!
    port=
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$(sed -n 's/^ACCEPT .*://p' "$work/server.log")
        [ -z "$port" ] || return 0
        sleep 0.2
    done
    fail 'the server did not start'
}
