#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# PyKCS11 with both keys: it signs and verifies, and so does openssl. What the
# program asks of a log-in, no more: one PIN for each session and signature.
. "$(dirname "$0")/common.sh"
python=/usr/bin/python3
"$python" -c 'import PyKCS11' 2>/dev/null || skip 'no PyKCS11'

# check SLOT-INDEX ROLE PIN LABEL
check() {
    read_cert "$1" "$3" "$4"
    new_ledger
    on_card "$python" "$here/pykcs11.py" "$JPKI_MODULE" "$1" "$3" \
        "$work/data" 3 || fail "$2: not signed"
    cp "$work/data.sig" "$work/signature"
    verify
    expect_signing_commands 3
    # For the log-in and for each signature.
    expect_sent_pins 4 "$3"
    ! on_card "$python" "$here/pykcs11.py" "$JPKI_MODULE" "$1" 12 \
        "$work/data" 1 || fail "$2: a PIN of the wrong form"
    expect_sent_pins 4
}

insert adult
echo data >"$work/data"
check 0 auth 1234 'User Authentication'
check 1 sign ABC123 'Digital Signature'
expect_tries auth 3
expect_tries sign 5
echo ok
