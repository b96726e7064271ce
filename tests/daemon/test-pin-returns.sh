#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A PIN that was wrong becomes the right one, because another program changes it:
# a program that remembers it as wrong takes it at its second offer at the latest,
# and at the first where it has seen that the PIN was changed.
. "$(dirname "$0")/common.sh"
beside_pcscd adult

. "$here/holders.sh"

start_holder holder 0
start_holder other 0

tell holder 'login 8642' CKR_PIN_INCORRECT
tell holder 'login 1234' CKR_OK
tell holder logout CKR_OK
tell other 'change 1234 8642' CKR_OK
tell holder 'login 8642' CKR_OK CKR_PIN_INCORRECT CKR_FUNCTION_FAILED
if [ "$(tail -n 1 "$work/holder.said")" != CKR_OK ]; then
    sleep 11 # what is offered again at once may be a program's loop
    tell holder 'login 8642' CKR_OK
fi
tell holder sign CKR_OK
[ "$(wrong_pins 1)" = 1 ] || fail 'a try was spent on it'

tell holder logout CKR_OK
tell holder 'login 7531' CKR_PIN_INCORRECT
tell holder 'login 8642' CKR_OK
tell other 'change 8642 7531' CKR_OK
tell holder sign CKR_USER_NOT_LOGGED_IN
tell holder 'login 7531' CKR_OK
tell holder sign CKR_OK
[ "$(wrong_pins 1)" = 3 ] || fail 'not one try for the mistake and the change'
[ "$(ledger tries)" = 3,5 ] || fail 'a try was lost'
echo ok
