#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-beside-opensc.sh: loaded with RTLD_GLOBAL before and after OpenSC's module,
# in one program, each logs in and signs through its own list.
. "$(dirname "$0")/common.sh"
: "${JPKI_BESIDE:?is not set}"

opensc=
for file in /usr/lib/*/opensc-pkcs11.so /usr/lib*/opensc-pkcs11.so \
    /usr/lib*/pkcs11/opensc-pkcs11.so; do
    [ ! -e "$file" ] || opensc=$file
done
[ "$opensc" ] || skip 'no module of OpenSC'

# check [last]
check() {
    insert adult
    on_card "$JPKI_BESIDE" "$JPKI_MODULE" "$opensc" "$@" || fail "beside: $*"
    [ "$(wc -l <"$work/output")" -eq 6 ] || fail 'not all tokens were used'
    expect_tries auth 3
    expect_tries sign 5
}

check
check last
echo ok
