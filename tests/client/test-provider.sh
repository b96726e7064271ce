#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# openssl with pkcs11-provider, without a terminal, set up as the README says: a
# request, raw signatures and CMS with both keys, `every` too, and a page by TLS
# 1.3. A wrong PIN costs one try, one of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without openssl
find /usr/lib -path '*/ossl-modules/pkcs11.so' | grep -q . || skip 'no pkcs11-provider'

# with_provider PIN COMMAND...: openssl, with the PIN in a file.
with_provider() {
    printf %s "$1" >"$work/pin"
    shift
    OPENSSL_CONF=$work/openssl.cnf on_card openssl "$@" </dev/null
}

set_up() {
    cat >"$work/openssl.cnf" <<END
openssl_conf = init
[init]
providers = providers
[providers]
default = own
pkcs11 = card
[own]
activate = 1
[card]
pkcs11-module-path = $JPKI_MODULE
pkcs11-module-token-pin = file:$work/pin
activate = 1
END
}

req() {
    with_provider "$1" req -new -subj /CN=me -key "$key" -out "$work/request"
}

pkeyutl() {
    with_provider "$1" pkeyutl -sign -rawin -digest sha256 -inkey "$key" \
        -in "$work/data" -out "$work/signature"
}

cms() {
    with_provider "$1" cms -sign -binary -nodetach -md sha256 -in "$work/data" \
        -signer "$work/signer.pem" -inkey "$key" -outform DER -out "$work/data.p7s"
}

page() {
    with_provider "$1" s_client -connect "127.0.0.1:$port" -key "$key" \
        -CAfile "$work/server.pem" -cert "$work/signer.pem"
}

# check ROLE
check() {
    use_key "$1"
    # Of no form: the provider offers it to both tokens.
    malformed=abc
    read_key
    key="$uri;type=private"
    check_right req 2 1
    openssl req -verify -noout -in "$work/request" >"$work/output" 2>&1 ||
        fail "$1: the request is not valid"
    check_right pkeyutl 2 1
    verify
    check_right cms 2 1
    valid_cms
    check_refusals cms 'Could not find private key'
}

echo data >"$work/data"
set_up
check auth
start_tls_server -tls1_3
check_right page 2 1 'Verify return code: 0 (ok)'
grep -q 'depth=0' "$server_log" || fail 'the server saw no certificate'
check sign
use_conf "$work/every" '[pin]' 'signature_pin = every'
check_pin cms every adult "$right" 3 1 5
valid_cms
echo ok
