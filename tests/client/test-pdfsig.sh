#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pdfsig, an NSS program, which goes on to sign whatever became of its log-in for
# the signature: it signs with the right PIN, in the shape that registration offices
# ask for, which openssl verifies; with a wrong one, one of the wrong form, none, or
# a locked card the card gets no signing command and the file no signature. A loop
# of processes with a wrong PIN leaves the last try.
. "$(dirname "$0")/common.sh"
. "$here/nss.sh"
. "$here/../tool/pdf.sh"

# log_in PIN ARGS...: and tries to sign; fails where the file has no signature.
log_in() {
    rm -f "$work/out.pdf"
    given=$1
    shift
    on_card pdfsig -nssdir "sql:$work/db" -no-ocsp -nss-pwd "$given" "$@" \
        -add-signature -nick "$nick" \
        "$work/in.pdf" "$work/out.pdf" </dev/null || true
    is_signed
}

# sign PIN: for the log-in and the signature.
sign() {
    log_in "$1" -kpw "$1"
}

# check_signs: pdfsig 22 signs twice, once to learn the length.
check_signs() {
    new_ledger
    sign ABC123 || fail 'the right PIN does not sign'
    made=$(signing_commands)
    expect_within "$made" 1 2 'signing commands'
    expect_sent_pins $((made + 1)) ABC123
    expect_tries sign 5
    count_row sign right
}

# check_refuses ARGS...: logs in with the right PIN, and does not sign.
check_refuses() {
    new_ledger
    ! log_in ABC123 "$@" || fail "signed, with: ${*:-no PIN for the signature}"
    expect_signing_commands 0
    expect_sent_pins 1 ABC123
}

# check_shape: of $work/out.pdf, without poppler.
check_shape() {
    /usr/bin/python3 "$here/pdf_signature.py" "$work/out.pdf" "$work/data" \
        "$work/data.p7s" >"$work/output" 2>&1 || fail 'not the shape'
    valid_cms -content "$work/data"
    openssl pkcs7 -inform DER -in "$work/data.p7s" -print_certs 2>/dev/null |
        openssl x509 >"$work/found.pem" || fail 'no certificate in the signature'
    cmp -s "$work/found.pem" "$work/signer.pem" || fail 'not the certificate of the signer'
}

use_key sign
read_key
# Without the label, whose digits change with the certificate.
nick='pkcs11:model=My%20Number%20Card;object=Digital%20Signature'
page | make_pdf "$work/in.pdf"
make_database

check_signs
check_shape
check_refuses
check_refuses -kpw 1234
expect_tries sign 5
check_refuses -kpw WRONG11
expect_sent_pins 1 WRONG11
expect_tries sign 4
check_signs
check_refusals sign 'Password was not accepted' ''
check_values sign $((1 + 2 * made)) $((1 + made)) "$made"

insert adult
new_ledger
for _ in 1 2 3 4 5 6; do
    ! sign WRONG11 || fail 'signed with a wrong PIN'
done
expect_sent_pins 4
expect_last_try_kept 1 sign

insert adult
nick="$(token_label 1):Digital Signature"
check_signs
echo ok
