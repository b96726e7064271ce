#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# openssl with pkcs11-provider, without a terminal, set up as the README says: a
# request, raw signatures and CMS with both keys, `every` too, and a page by TLS
# 1.3. A wrong PIN costs one try, and a locked card none.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without openssl
find /usr/lib -path '*/ossl-modules/pkcs11.so' | grep -q . || skip 'no pkcs11-provider'
uri='pkcs11:model=My%20Number%20Card;type=private;object='

# set_up PIN: openssl.cnf, with the PIN in a file.
set_up() {
    printf %s "$1" >"$work/pin"
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

# with_key COMMAND...: openssl, with the provider.
with_key() {
    OPENSSL_CONF=$work/openssl.cnf on_card openssl "$@" </dev/null
}

# check_key SLOT-INDEX ROLE PIN LABEL CA
check_key() {
    insert adult
    read_cert "$1" "$3" "$4"
    openssl x509 -inform DER -in "$work/cert.der" -out "$work/signer.pem"
    openssl x509 -inform DER -in "$JPKI_PERSONAS/$5/ca.der" -out "$work/ca.pem"
    key=$uri$(echo "$4" | sed 's/ /%20/g')
    set_up "$3"
    new_ledger
    with_key req -new -subj /CN=me -key "$key" -out "$work/request" ||
        fail "$2: no request"
    openssl req -verify -noout -in "$work/request" >"$work/output" 2>&1 ||
        fail "$2: the request is not valid"
    with_key pkeyutl -sign -rawin -digest sha256 -inkey "$key" \
        -in "$work/data" -out "$work/signature" || fail "$2: no signature"
    verify
    sign_cms || fail "$2: no CMS"
    expect_signing_commands 3
    openssl cms -verify -inform DER -in "$work/data.p7s" -purpose any \
        -CAfile "$work/ca.pem" -out "$work/content" >"$work/output" 2>&1 ||
        fail "$2: CMS is not valid"
    cmp -s "$work/content" "$work/data" || fail "$2: other content"
}

# sign_cms: $work/data.p7s; fails as openssl does.
sign_cms() {
    with_key cms -sign -binary -nodetach -md sha256 -in "$work/data" \
        -signer "$work/signer.pem" -inkey "$key" -outform DER -out "$work/data.p7s"
}

check_page() {
    set_up 1234
    start_tls_server -tls1_3
    with_key s_client -connect "127.0.0.1:$port" -CAfile "$work/server.pem" \
        -cert "$work/signer.pem" -key "${uri}User%20Authentication" || fail 'no page'
    says 'Verify return code: 0 (ok)'
    grep -q 'depth=0' "$server_log" || fail 'the server saw no certificate'
}

# check_refused PERSONA PIN SENT LEFT
check_refused() {
    insert "$1"
    set_up "$2"
    new_ledger
    ! sign_cms || fail "$1: signed with $2"
    says 'Could not find private key'
    expect_sent_pins "$3"
    expect_signing_commands 0
    expect_tries sign "$4"
}

echo data >"$work/data"
check_key 0 auth 1234 'User Authentication' ca-auth
check_page
check_key 1 sign ABC123 'Digital Signature' ca-sign
check_refused adult WRONG1 1 4
check_refused adult abc 0 5
check_refused locked-sign ABC123 0 0
use_conf "$work/every" '[pin]' 'signature_pin = every'
check_key 1 sign ABC123 'Digital Signature' ca-sign
echo ok
