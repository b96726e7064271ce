#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool --change-pin on both slots; a malformed PIN costs nothing.
. "$(dirname "$0")/common.sh"

# change SLOT OLD NEW
change() {
    tool --slot-index "$1" --login --pin "$2" --change-pin --new-pin "$3"
}

logs_in() {
    tool --slot-index "$1" --login --pin "$2" -O
}

insert adult
change 0 1234 8642 || fail 'the authentication PIN does not change'
logs_in 0 8642 || fail 'the new PIN is not taken'
! logs_in 0 1234 || fail 'the old PIN is still taken'
expect_tries auth 2
logs_in 0 8642 || fail 'the new PIN is not taken'
! change 0 8642 12345 || fail 'five digits were taken'
says CKR_PIN_LEN_RANGE
! change 0 8642 12x4 || fail 'a letter was taken'
says CKR_PIN_INVALID
expect_tries auth 3

change 1 abc123 newpin42 || fail 'the signing password does not change'
logs_in 1 NEWPIN42 || fail 'the new password is not taken'
! change 1 NEWPIN42 short || fail 'five characters were taken'
expect_tries sign 5
echo ok
