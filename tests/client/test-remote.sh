#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# p11-kit's server beside the card and its client module elsewhere: the far program
# lists the token, logs in and signs; a wrong PIN costs one try.
. "$(dirname "$0")/common.sh"
skip_without p11-kit
client=$(find /usr/lib -name p11-kit-client.so | head -n 1)
[ -n "$client" ] || skip 'no client of p11-kit'
server=
at_exit="$at_exit stop_remote"

stop_remote() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    server=
}

start_remote() {
    with_card p11-kit server --foreground --name "$work/socket" \
        --provider "$JPKI_MODULE" 'pkcs11:model=My%20Number%20Card' \
        >"$work/server" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        [ ! -S "$work/socket" ] || return 0
        sleep 0.1
    done
    fail 'no server'
}

# far OPTION...: pkcs11-tool that has no card, only the way to the server.
far() {
    P11_KIT_SERVER_ADDRESS=unix:path=$work/socket \
        pkcs11-tool --module "$client" "$@" >"$work/output" 2>&1
}

insert adult
read_cert 0 1234 'User Authentication'
echo data >"$work/data"
new_ledger
start_remote
far -L || fail 'no list'
says 'JPKI Auth (4-digit PIN)'
far --slot-index 0 --login --pin 1234 --sign --mechanism SHA256-RSA-PKCS \
    --input-file "$work/data" --output-file "$work/signature" ||
    fail 'not signed'
verify
expect_signing_commands 1
! far --slot-index 0 --login --pin 9999 --sign --mechanism SHA256-RSA-PKCS \
    --input-file "$work/data" --output-file "$work/none" || fail 'a wrong PIN'
expect_sent_pins 1 9999
expect_tries auth 2
echo ok
