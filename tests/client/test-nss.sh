#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program built on NSS signs with one log-in. When another program changes the
# PIN, that costs one try at most and one signature at most: NSS asks again. It
# asks for no PIN that would not be taken.
. "$(dirname "$0")/common.sh"
. "$here/nss.sh"
: "${JPKI_NSS_SIGNER:?is not set}"

# sign PIN ANSWER...: the signer's answer to PIN is one of these.
sign() {
    number=$((number + 1))
    echo "$1" >&3
    shift
    for _ in $(seq 900); do
        said=$(sed -n "${number}p" "$work/said")
        [ -z "$said" ] || break
        sleep 0.1
    done
    for answer in "$@"; do
        [ "$said" != "$answer" ] || return 0
    done
    fail "the signer said: $said"
}

# start_signer: with the card that is in.
start_signer() {
    : >"$work/said"
    with_card "$JPKI_NSS_SIGNER" "sql:$work/db" "$token" \
        <"$work/pins" >"$work/said" &
    signer=$!
    exec 3>"$work/pins"
    number=0
}

end_signer() {
    exec 3>&-
    wait "$signer" || fail 'the signer does not end'
}

insert adult
make_database
token=$(token_label 0)
use_key auth
mkfifo "$work/pins"
new_ledger
start_signer

sign 1234 'asked, signed'
expect_sent_pins 2 1234
expect_signing_commands 1
count_row nss-signer right
sign 1234 signed
tool --slot-index 0 --login --pin 1234 --change-pin --new-pin 8642 ||
    fail 'the PIN does not change'
sign 8642 'not signed' 'asked, signed'
if [ "$said" = 'not signed' ]; then
    expect_tries auth 2
    sleep 2 # NSS asks the token no more than once a second who is logged in
    sign 8642 'asked, signed'
fi
sign 8642 signed
expect_tries auth 3
end_signer

# NSS asks on where the last try is reached while the card is in.
insert adult
new_ledger
start_signer
for pin in 9999 8888 1234 1234 1234; do
    sign $pin 'asked, not signed'
done
expect_sent_pins 2
expect_sent_pins 0 1234
expect_signing_commands 0
expect_tries auth 1
end_signer

for persona in locked-auth face last-try; do
    insert $persona
    token=$(token_label 0)
    new_ledger
    echo 1234 | with_card "$JPKI_NSS_SIGNER" "sql:$work/db" "$token" \
        >"$work/output" || fail "no token: $persona"
    [ "$(cat "$work/output")" = 'not signed' ] || fail "it asked: $persona"
    expect_sent_pins 0
done
echo ok
