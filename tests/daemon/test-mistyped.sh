#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-mistyped.sh SLOT: a program signs a hundred times while another one
# mistypes its PIN once and then types it right. No signature fails, unless it is
# made between the mistake and the right PIN: then it says that it is logged out,
# and no try is lost.
. "$(dirname "$0")/common.sh"
beside_pcscd adult "$@"

slot=$1
. "$here/holders.sh"
case $slot in
0) right=1234 wrong=999 ;;
1) right=ABC123 wrong=WRONG ;;
esac

# mistype NUMBER: another wrong PIN for each, and at once the right one.
mistype() {
    send other "login $wrong$1" "login $right"
}

# signatures: how many PSO: COMPUTE DIGITAL SIGNATURE the card has answered.
signatures() {
    awk '$3 == "2A"' "$JPKI_VCARD_LEDGER" | wc -l
}

# wait_for_signatures COUNT: that many more than now.
wait_for_signatures() {
    wanted=$(($(signatures) + $1))
    for _ in $(seq 1200); do
        [ "$(signatures)" -lt "$wanted" ] || return 0
        sleep 0.05
    done
    fail 'no signatures'
}

start_holder signer "$slot"
start_holder other "$slot"
tell signer "login $right" CKR_OK

tell signer 'sign 50' CKR_OK
mistype 1
expect other 1 CKR_PIN_INCORRECT
expect other 2 CKR_OK
tell signer 'sign 50' CKR_OK
tell other logout CKR_OK

order 'signing 10'
send signer 'sign 100'
wait_for_signatures 5
mistype 2
expect other 4 CKR_PIN_INCORRECT
expect other 5 CKR_OK
expect signer 4 CKR_OK CKR_USER_NOT_LOGGED_IN
echo "at the same time: $(sed -n 4p "$work/signer.said")"
[ "$(sed -n 4p "$work/signer.said")" = CKR_OK ] ||
    tell signer "login $right" CKR_OK
tell signer 'sign 10' CKR_OK
[ "$(ledger tries)" = 3,5 ] || fail 'a try was lost'
[ "$(ledger verified)" = 0,0 ] || fail 'the card is left verified'
echo ok
