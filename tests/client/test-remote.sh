#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# p11-kit's server beside the card and its client module elsewhere: the far program
# lists the token, logs in and signs with both keys. A wrong PIN costs one try, one
# of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
. "$here/remote.sh"

# far OPTION...: pkcs11-tool that has no card, only the way to the server.
far() {
    P11_KIT_SERVER_ADDRESS=unix:path=$work/socket \
        pkcs11-tool --module "$client" "$@" >"$work/output" 2>&1
}

# sign PIN
sign() {
    start_remote
    far --slot-index "$slot" --login --pin "$1" --sign \
        --mechanism SHA256-RSA-PKCS --input-file "$work/data" \
        --output-file "$work/signature"
}

echo data >"$work/data"
check_both_keys sign '' CKR_PIN_LOCKED
start_remote
far -L || fail 'no list'
says 'JPKI Auth (4-digit PIN)'
echo ok
