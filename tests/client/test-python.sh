#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# PyKCS11 with both keys: it signs and verifies, and so does openssl. What the
# program asks of a log-in, no more: one PIN for each session and signature. A wrong
# PIN costs one try, one of the wrong form and a locked card none; `every` refuses.
. "$(dirname "$0")/common.sh"
python=/usr/bin/python3
"$python" -c 'import PyKCS11' 2>/dev/null || skip 'no PyKCS11'

# sign PIN: three times.
sign() {
    on_card "$python" "$here/pykcs11.py" "$JPKI_MODULE" "$slot" "$1" \
        "$work/data" 3
}

echo data >"$work/data"
for name in auth sign; do
    use_key $name
    read_key
    check_right sign 4 3
    cp "$work/data.sig" "$work/signature"
    verify
    check_refusals sign 'CKR_PIN_' CKR_PIN_LOCKED
done
check_every sign
says CKR_USER_NOT_LOGGED_IN
echo ok
