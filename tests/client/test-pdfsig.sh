#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pdfsig, an NSS program, which goes on to sign whatever became of its log-in for
# the signature: it signs with the right PIN; with a wrong one or none the card
# gets no signing command and the file no signature. A loop of processes with a
# wrong PIN leaves the last try.
. "$(dirname "$0")/common.sh"
. "$here/nss.sh"
. "$here/../tool/pdf.sh"

# sign PIN ARGS...: logs in with PIN.
sign() {
    rm -f "$work/out.pdf"
    pin=$1
    shift
    on_card pdfsig -nssdir "sql:$work/db" -no-ocsp -nss-pwd "$pin" "$@" \
        -add-signature -nick "$nick" \
        "$work/in.pdf" "$work/out.pdf" </dev/null
}

# check_signs: pdfsig 22 signs twice, once to learn the length.
check_signs() {
    new_ledger
    sign ABC123 -kpw ABC123 || true
    is_signed || fail 'the right PIN does not sign'
    sent=$(signing_commands)
    case $sent in
    1 | 2) ;;
    *) fail "$sent signing commands" ;;
    esac
    expect_tries sign 5
}

# check_refuses ARGS...: logs in with the right PIN, and does not sign.
check_refuses() {
    new_ledger
    sign ABC123 "$@" || true
    expect_signing_commands 0
    expect_sent_pins 1 ABC123
    ! is_signed || fail "signed, with: ${*:-no PIN for the signature}"
}

insert adult
# Without the label, whose digits change with the certificate.
nick='pkcs11:model=My%20Number%20Card;object=Digital%20Signature'
page | make_pdf "$work/in.pdf"
make_database

check_signs
check_signs
check_refuses
check_refuses -kpw 1234
expect_tries sign 5
check_refuses -kpw WRONG11
expect_sent_pins 1 WRONG11
expect_tries sign 4
check_signs

new_ledger
for _ in 1 2 3 4 5 6; do
    sign WRONG11 -kpw WRONG11 || true
    ! is_signed || fail 'signed with a wrong PIN'
done
expect_sent_pins 4
expect_last_try_kept 1 sign

insert adult
nick="$(token_label 1):Digital Signature"
check_signs
echo ok
