#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool signs by PSS with both keys, and openssl verifies; a card that does
# not know it does not offer it.
. "$(dirname "$0")/common.sh"
printf 'to be signed' >"$work/data"

# check SLOT PIN LABEL
check() {
    read_cert "$@"
    tool --slot-index "$1" --login --pin "$2" --sign \
        --mechanism SHA256-RSA-PKCS-PSS --input-file "$work/data" \
        --output-file "$work/signature" || fail 'no PSS signature'
    verify -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
}

insert adult
check 0 1234 'User Authentication'
check 1 ABC123 'Digital Signature'

insert quirk-no-pss
tool --slot-index 0 -M || fail 'no mechanisms'
! grep -q PSS "$work/output" || fail 'PSS is offered'
! tool --slot-index 0 --login --pin 1234 --sign \
    --mechanism SHA256-RSA-PKCS-PSS --input-file "$work/data" ||
    fail 'a PSS signature without PSS'
echo ok
