#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a person sees, with pkcs11-tool alone, of a card that may not sign.
. "$(dirname "$0")/common.sh"
. "$here/policy.sh"

# list OPTION... NAME CERT[:REASON]...: by the CA that signs the personas'
# certificates.
list() {
    "${JPKI_MAKE_CRL:?is not set}" "$@"
}

check_personas() {
    configure
    while read -r persona verdict words; do
        insert "$persona"
        refused "$verdict" "$words"
    done <<'END'
minor minor younger than
expired expired renew it at the municipal office
not-yet-valid not-yet-valid not valid yet
other-ca untrusted-issuer sign_ca
wrong-usage wrong-usage not meant for signing
birth-twice birth-unknown date of birth
END
    insert adult
    allowed
}

# The key of the next card does not sign, and the status says why.
check_ec() {
    insert ec-key
    refused unsupported-key 'the next card is not supported yet'
}

# Its public key can be read without a PIN, and verifies.
check_next_card() {
    insert next-card
    openssl dgst -sha384 -sign "$JPKI_PERSONAS/next-card/key-0017.pem" \
        -out "$work/signature" "$work/data"
    tool --slot-index 0 --verify --mechanism ECDSA-SHA384 \
        --input-file "$work/data" --signature-file "$work/signature" \
        --signature-format openssl || fail 'no verification'
    says 'Signature is valid'
}

# The holder has moved, and the city has said so.
check_changed_address() {
    cert=$JPKI_PERSONAS/changed-address/ef/0001
    insert changed-address
    configure "crl = $work/list.crl" 'revocation = require'
    refused revocation-unknown 'No current CRL or OCSP answer'
    list -p -m "$cert" "$work/list.crl" "$JPKI_PERSONAS/ca-sign"
    allowed
    status '"revocation":"good"'
    list -m "$cert" "$work/list.crl" "$JPKI_PERSONAS/ca-sign" \
        "$cert:affiliationChanged"
    refused revoked 'a recorded fact has changed'
    status '"revocation":"revoked (affiliationChanged)"'
    configure "crl = $work/list.crl" 'revocation = off'
    allowed
    status '"revocation":"not checked"'
}

# The other key is not under this policy, and the certificate is there to read.
check_what_goes_on() {
    configure
    insert minor
    tool --slot-index 0 --login --pin 1234 --sign --mechanism SHA256-RSA-PKCS \
        --input-file "$work/data" --output-file "$work/signature" ||
        fail 'a minor cannot log in'
    read_cert 1 "$sign_pin" 'Digital Signature'
    sign_slot -O || fail 'no objects'
    says 'Usage:      none'
}

check_mistakes() {
    configure "sign_ca = $work/no-such-file"
    # The words are for a person, who reads from a terminal or a pipe.
    on_card sh -c '"$@" 2>&1 | cat' - pkcs11-tool --module "$JPKI_MODULE" -L
    says "$work/no-such-file"
    says CKR_FUNCTION_FAILED
}

check_personas
check_ec
check_next_card
check_changed_address
check_what_goes_on
check_mistakes
echo ok
