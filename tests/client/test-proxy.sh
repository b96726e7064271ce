#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# p11-kit's proxy, with the module file as it is installed: it lists the module,
# and both keys sign through it. A wrong PIN costs one try, one of the wrong form
# and a locked card none.
. "$(dirname "$0")/common.sh"
. "$here/p11-kit.sh"
skip_without p11-kit p11tool
proxy=$(find /usr/lib -name p11-kit-proxy.so | head -n 1)
[ -n "$proxy" ] || skip 'no proxy of p11-kit'

# by_proxy OPTION...: pkcs11-tool.
by_proxy() {
    on_card only_module pkcs11-tool --module "$proxy" "$@"
}

# sign SLOT-INDEX PIN
sign() {
    by_proxy --slot-index "$1" --login --pin "$2" --sign \
        --mechanism SHA256-RSA-PKCS --input-file "$work/data" \
        --output-file "$work/signature"
}

# check SLOT-INDEX ROLE PIN LABEL WRONG-PIN LEFT: LEFT tries after the wrong one.
check() {
    insert adult
    read_cert "$1" "$3" "$4"
    new_ledger
    sign "$1" "$3" || fail "$2: not signed"
    verify
    expect_signing_commands 1

    new_ledger
    ! sign "$1" 12 || fail "$2: a PIN of the wrong form"
    expect_sent_pins 0
    ! sign "$1" "$5" || fail "$2: a wrong PIN"
    expect_sent_pins 1 "$5"
    expect_tries "$2" "$6"

    insert "locked-$2"
    new_ledger
    ! sign "$1" "$3" || fail "$2: signed by a locked card"
    says CKR_PIN_LOCKED
    expect_sent_pins 0
}

echo data >"$work/data"
insert adult
on_card only_module p11-kit list-modules || fail 'no modules'
says 'token: JPKI Auth (4-digit PIN)'
says 'token: JPKI Sign (6-16 chars)'
on_card only_module p11tool --list-token-urls || fail 'no tokens'
says 'pkcs11:model=My%20Number%20Card'
check 0 auth 1234 'User Authentication' 9999 2
check 1 sign ABC123 'Digital Signature' WRONG1 4
echo ok
