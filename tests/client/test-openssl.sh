#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# openssl's commands with libp11's engine, without a terminal: a request, raw
# signatures and CMS with both keys, with the signing key where its password is
# needed once only; another openssl verifies. A wrong PIN costs one try, one of the
# wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
PKCS11_MODULE_PATH=$JPKI_MODULE
export PKCS11_MODULE_PATH
. "$here/engine.sh"
installed=$JPKI_PKCS11_CONF

# set_up LINE...: the installed configuration, and these lines for openssl.
set_up() {
    JPKI_PKCS11_CONF=$installed
    use_conf "$work/conf" '[app openssl]' "show = $role" "$@"
}

# with_engine COMMAND OPTION...
with_engine() {
    command=$1
    shift
    on_card openssl "$command" -engine pkcs11 -keyform engine "$@" </dev/null
}

req() {
    with_engine req -new -subj /CN=me -key "$key;pin-value=$1" -out "$work/request"
}

pkeyutl() {
    with_engine pkeyutl -sign -rawin -digest sha256 -inkey "$key;pin-value=$1" \
        -in "$work/data" -out "$work/signature"
}

dgst() {
    with_engine dgst -sha256 -sign "$key;pin-value=$1" -out "$work/signature" \
        "$work/data"
}

cms() {
    with_engine cms -sign -binary -nodetach -md sha256 -in "$work/data" \
        -signer "$work/signer.pem" -inkey "$key;pin-value=$1" -outform DER \
        -out "$work/data.p7s"
}

# check ROLE LINE...
check() {
    use_key "$1"
    shift
    JPKI_PKCS11_CONF=$installed
    read_key
    key="$uri;type=private"
    set_up "$@"
    check_right req 2 1
    openssl req -verify -noout -in "$work/request" >"$work/output" 2>&1 ||
        fail "$role: the request is not valid"
    for command in pkeyutl dgst; do
        rm -f "$work/signature"
        check_right $command 2 1
        verify
    done
    check_right cms 2 1
    valid_cms
    check_refusals cms "$engine_incorrect" "$engine_locked"
}

echo data >"$work/data"
check auth
check sign 'signature_pin = once'
for value in ask every; do
    set_up "signature_pin = $value"
    check_pin cms $value adult "$right" 1 0 5
done
echo ok
