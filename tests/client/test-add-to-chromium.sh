#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command that adds the module to Chromium's databases: to each that is there,
# once however often it runs, to the older place where there is none; and out
# again.
. "$(dirname "$0")/common.sh"
skip_without certutil modutil
HOME=$work/home
export HOME
old=$HOME/.pki/nssdb
new=$HOME/.local/share/pki/nssdb

# The command as it is installed, with the module that was built.
sed "s,^module=.*,module='$JPKI_MODULE'," "${JPKI_ADD_TO_CHROMIUM:?is not set}" \
    >"$work/add-to-chromium"

run() {
    on_card sh "$work/add-to-chromium" "$@" || fail "add-to-chromium $*"
}

# expect_in DATABASE N: the module is in it N times.
expect_in() {
    on_card modutil -dbdir "sql:$1" -list || fail "no database: $1"
    found=$(grep -c 'library name: .*jpki-pkcs11.so' "$work/output" || true)
    [ "$found" = "$2" ] || fail "$found times in $1, not $2"
}

# "modutil -list NAME" fails beside an empty reader, and lists the module all the same.
insert adult
card="$card;"
run
run
expect_in "$old" 1
[ ! -e "$new" ] || fail 'a database that nobody wanted'

mkdir -p "$new"
run
expect_in "$new" 1
expect_in "$old" 1

run remove
run remove
expect_in "$new" 0
expect_in "$old" 0
! on_card sh "$work/add-to-chromium" delete || fail 'took another word'
echo ok
