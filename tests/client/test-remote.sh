#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# p11-kit's server beside the card and its client module elsewhere: the far program
# lists the token, logs in and signs with both keys. A wrong PIN costs one try, one
# of the wrong form none.
. "$(dirname "$0")/common.sh"
. "$here/remote.sh"

# far OPTION...: pkcs11-tool that has no card, only the way to the server.
far() {
    P11_KIT_SERVER_ADDRESS=unix:path=$work/socket \
        pkcs11-tool --module "$client" "$@" >"$work/output" 2>&1
}

# sign SLOT-INDEX PIN
sign() {
    far --slot-index "$1" --login --pin "$2" --sign --mechanism SHA256-RSA-PKCS \
        --input-file "$work/data" --output-file "$work/signature"
}

# check SLOT-INDEX PIN LABEL
check() {
    read_cert "$1" "$2" "$3"
    new_ledger
    start_remote
    sign "$1" "$2" || fail "not signed: $3"
    verify
    expect_signing_commands 1
}

insert adult
echo data >"$work/data"
check 1 ABC123 'Digital Signature'
check 0 1234 'User Authentication'
far -L || fail 'no list'
says 'JPKI Auth (4-digit PIN)'
new_ledger
start_remote
! sign 0 ABC123 || fail 'a PIN of the wrong form'
expect_sent_pins 0
! sign 0 9999 || fail 'a wrong PIN'
expect_sent_pins 1 9999
expect_tries auth 2
echo ok
