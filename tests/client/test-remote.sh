#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# p11-kit's server beside the card and its client module elsewhere: the far program
# lists the token, logs in and signs with both keys. A wrong PIN costs one try, one
# of the wrong form and a locked card none. Where the program that loads the module
# there is told to show one slot only, ssh-add's agent sends the PIN of the other to
# no card.
. "$(dirname "$0")/common.sh"
. "$here/agent.sh"
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

# check_far_agent: the signing PIN is for none of its keys.
check_far_agent() {
    use_conf "$work/conf" '[app p11-kit-remote]' 'show = auth'
    insert adult
    new_ledger
    start_remote
    provider=$client
    P11_KIT_SERVER_ADDRESS=unix:path=$work/socket
    export P11_KIT_SERVER_ADDRESS
    start_agent none
    ! add ABC123 || fail "a key was added: $(ssh-add -L)"
    expect_sent_pins 0
    add 1234 || fail 'no key was added'
    ssh-add -L >"$work/keys" || fail 'no key is there'
    [ "$(wc -l <"$work/keys")" = 1 ] || fail 'not one key'
    ssh-add -T "$work/keys" >"$work/output" 2>&1 || fail 'the key does not sign'
    expect_sent_pins 2 1234
    expect_tries sign 5
}

echo data >"$work/data"
check_both_keys sign CKR_PIN_ CKR_PIN_LOCKED
start_remote
far -L || fail 'no list'
says 'JPKI Auth (4-digit PIN)'
check_far_agent
echo ok
