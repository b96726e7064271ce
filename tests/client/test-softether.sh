#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The calls of SoftEther VPN's client, in its order, which knows C_GetFunctionList
# only and has room for 128 bytes: a valid signature with either key. A wrong PIN
# costs one try, one of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
skip_without python3

# By the field of the ELF header that names it.
python3 -c '
import sys
own, of_module = (open(path, "rb").read(20)[18:] for path in (sys.executable, sys.argv[1]))
sys.exit(own != of_module)' "$JPKI_MODULE" || skip 'python3 is of another architecture'

# sign PIN
sign() {
    digest=$(openssl dgst -sha256 -r "$work/data" | cut -d ' ' -f 1)
    on_card python3 "$here/softether.py" "$JPKI_MODULE" "$slot" "$1" \
        "3031300d060960864801650304020105000420$digest" "$work/signature"
}

echo data >"$work/data"
check_both_keys sign 'C_Login = 0x'
echo ok
