#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool signs by PSS with both keys, and openssl verifies; a card that does
# not know it does not offer it. A wrong PIN costs one try, one of the wrong form and
# a locked card none.
. "$(dirname "$0")/common.sh"
printf 'to be signed' >"$work/data"

pkcs11_tool() {
    tool --slot-index "$slot" --login --pin "$1" --sign \
        --mechanism SHA256-RSA-PKCS-PSS --input-file "$work/data" \
        --output-file "$work/signature"
}

for name in auth sign; do
    use_key $name
    read_key
    check_right pkcs11_tool 2 1
    verify -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
    check_refusals pkcs11_tool CKR_PIN_ CKR_PIN_LOCKED
done
check_values pkcs11_tool 3 2

insert quirk-no-pss
tool --slot-index 0 -M || fail 'no mechanisms'
! grep -q PSS "$work/output" || fail 'PSS is offered'
use_key auth
check_pin pkcs11_tool 'without PSS' quirk-no-pss 1234 1 0 3
echo ok
