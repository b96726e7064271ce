#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# NSS's modutil and certutil: the list of modules names both tokens, and a request
# for a certificate is signed by a key of the card, which openssl verifies. A wrong
# PIN costs one try, one of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
. "$here/nss.sh"

# certutil_R PIN: with the key of the one certificate, whose id $id is.
certutil_R() {
    rm -f "$work/request"
    printf %s "$1" >"$work/pin"
    token=$(unset JPKI_VCARD_LEDGER && token_label "$slot")
    on_card certutil -R -k "$id" -s CN=me -d "sql:$work/db" -h "$token" \
        -f "$work/pin" -z "$work/noise" -o "$work/request" </dev/null
}

installed=$JPKI_PKCS11_CONF
insert adult
make_database
# From which it would make a key.
echo noise >"$work/noise"
for name in auth sign; do
    use_key $name
    JPKI_PKCS11_CONF=$installed
    read_key
    use_conf "$work/$name" '[app certutil]' "show = $name" 'sign_profile = no'
    token=$(token_label "$slot")
    on_card modutil -dbdir "sql:$work/db" -list || fail 'no list of modules'
    says "token: $token"

    printf %s "$right" >"$work/pin"
    on_card certutil -K -d "sql:$work/db" -h "$token" -f "$work/pin" ||
        fail "$role: no list of keys"
    id=$(sed -n 's/^< *0> rsa *\([0-9a-f]*\) .*/\1/p' "$work/output")
    check_right certutil_R 2 1
    openssl req -inform DER -in "$work/request" -noout -verify \
        >"$work/output" 2>&1 || fail "$role: the request is not valid"
    openssl req -inform DER -in "$work/request" -noout -pubkey >"$work/public.pem"
    cmp -s "$work/public.pem" "$work/key.pem" || fail "$role: of another key"
    check_refusals certutil_R 'Incorrect password/PIN entered' \
        'could not authenticate to token'
done
echo ok
