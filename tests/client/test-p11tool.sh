#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# GnuTLS's p11tool and certtool with both keys, each where the configuration shows
# its slot only: a trial signature, a request and a CMS, which openssl verifies. A
# wrong PIN costs one try, one of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
skip_without certtool p11tool
uri='pkcs11:model=My%20Number%20Card;object='

# gnutls PIN COMMAND...: without a terminal.
gnutls() {
    pin=$1
    shift
    GNUTLS_PIN=$pin on_card "$@" --provider "$JPKI_MODULE" </dev/null
}

# check SLOT-INDEX ROLE PIN LABEL CA
check() {
    JPKI_PKCS11_CONF=$installed
    insert adult
    read_cert "$1" "$3" "$4"
    openssl x509 -inform DER -in "$work/cert.der" -out "$work/signer.pem"
    openssl x509 -inform DER -in "$JPKI_PERSONAS/$5/ca.der" -out "$work/ca.pem"
    use_conf "$work/conf" '[slots]' "show = $2" '[log]' "file = $work/log"
    key="$uri$(echo "$4" | sed 's/ /%20/g');type=private"
    new_ledger
    gnutls "$3" p11tool --login --test-sign "$key" || fail "$2: no trial"
    says 'Verifying against private key parameters... ok'
    expect_signing_commands 1

    gnutls "$3" certtool --generate-request --load-privkey "$key" \
        --template "$work/template" --outfile "$work/request" || fail "$2: no request"
    openssl req -verify -noout -in "$work/request" >"$work/output" 2>&1 ||
        fail "$2: the request is not valid"

    gnutls "$3" certtool --p7-sign --load-privkey "$key" --outder \
        --load-certificate "$work/signer.pem" --infile "$work/data" \
        --outfile "$work/data.p7s" || fail "$2: no CMS"
    openssl cms -verify -inform DER -in "$work/data.p7s" -purpose any \
        -CAfile "$work/ca.pem" -out "$work/content" >"$work/output" 2>&1 ||
        fail "$2: CMS is not valid"
    cmp -s "$work/content" "$work/data" || fail "$2: other content"
}

# check_refused PERSONA ROLE PIN SENT LEFT
check_refused() {
    insert "$1"
    new_ledger
    ! gnutls "$3" p11tool --login --test-sign "$key" || fail "$1: signed with $3"
    expect_sent_pins "$4"
    expect_signing_commands 0
    expect_tries "$2" "$5"
}

installed=$JPKI_PKCS11_CONF
echo data >"$work/data"
echo 'cn = me' >"$work/template"
check 0 auth 1234 'User Authentication' ca-auth
check_refused adult auth 9999 1 2
check_refused adult auth ABC123 0 3
check_refused locked-auth auth 1234 0 0
logged 'the auth PIN is locked'
check 1 sign ABC123 'Digital Signature' ca-sign
check_refused adult sign WRONG1 1 4
check_refused adult sign 1234 0 5
check_refused locked-sign sign ABC123 0 0
logged 'the sign PIN is locked'
echo ok
