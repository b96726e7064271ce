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

# sign PIN: pkcs11-tool.
sign() {
    on_card only_module pkcs11-tool --module "$proxy" --slot-index "$slot" \
        --login --pin "$1" --sign --mechanism SHA256-RSA-PKCS \
        --input-file "$work/data" --output-file "$work/signature"
}

echo data >"$work/data"
insert adult
on_card only_module p11-kit list-modules || fail 'no modules'
says 'token: JPKI Auth (4-digit PIN)'
says 'token: JPKI Sign (6-16 chars)'
on_card only_module p11tool --list-token-urls || fail 'no tokens'
says 'pkcs11:model=My%20Number%20Card'
check_both_keys sign CKR_PIN_ CKR_PIN_LOCKED
echo ok
