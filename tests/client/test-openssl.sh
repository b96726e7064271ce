#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# openssl's commands with libp11's engine, without a terminal: a request, raw
# signatures and CMS, with the authentication key and, where the password is
# needed once only, with the signing key. Another openssl verifies.
. "$(dirname "$0")/common.sh"
PKCS11_MODULE_PATH=$JPKI_MODULE
export PKCS11_MODULE_PATH
openssl engine pkcs11 >/dev/null 2>&1 || skip 'no PKCS#11 engine for OpenSSL'

uri='pkcs11:model=My%20Number%20Card;type=private;object='

# set_up LINE...: the installed configuration, and these lines for openssl.
installed=$JPKI_PKCS11_CONF
set_up() {
    JPKI_PKCS11_CONF=$installed
    use_conf "$work/conf" '[app openssl]' "$@"
}

# with_key COMMAND...: the key is $key, by the engine.
with_key() {
    on_card openssl "$@" </dev/null
}

check_auth() {
    set_up 'show = auth'
    read_cert 0 1234 'User Authentication'
    key="${uri}User%20Authentication;pin-value=1234"
    new_ledger
    with_key req -new -subj /CN=me -engine pkcs11 -keyform engine -key "$key" \
        -out "$work/request" || fail 'no request'
    openssl req -verify -noout -in "$work/request" >"$work/output" 2>&1 ||
        fail 'the request is not valid'
    with_key pkeyutl -sign -rawin -digest sha256 -engine pkcs11 \
        -keyform engine -inkey "$key" -in "$work/data" \
        -out "$work/signature" || fail 'no signature by pkeyutl'
    verify
    with_key dgst -sha256 -engine pkcs11 -keyform engine -sign "$key" \
        -out "$work/signature" "$work/data" || fail 'no signature by dgst'
    verify
    expect_signing_commands 3
    expect_tries auth 3
}

# sign_cms: $work/data.p7s; fails as openssl does.
sign_cms() {
    with_key cms -sign -binary -nodetach -md sha256 -in "$work/data" \
        -signer "$work/signer.pem" -engine pkcs11 -keyform engine \
        -inkey "$key" -outform DER -out "$work/data.p7s"
}

check_sign() {
    read_cert 1 ABC123 'Digital Signature'
    openssl x509 -inform DER -in "$work/cert.der" -out "$work/signer.pem"
    openssl x509 -inform DER -in "$JPKI_PERSONAS/ca-sign/ca.der" \
        -out "$work/ca.pem"
    key="${uri}Digital%20Signature;pin-value=ABC123"
    set_up 'show = sign'
    new_ledger
    ! sign_cms || fail 'signed without the password of the signature'
    expect_signing_commands 0
    set_up 'show = sign' 'signature_pin = once'
    sign_cms || fail 'no CMS'
    expect_signing_commands 1
    openssl cms -verify -inform DER -in "$work/data.p7s" -purpose any \
        -CAfile "$work/ca.pem" -out "$work/content" >"$work/output" 2>&1 ||
        fail 'CMS is not valid'
    cmp -s "$work/content" "$work/data" || fail 'other content'
    expect_tries sign 5
}

insert adult
echo data >"$work/data"
check_auth
check_sign
echo ok
