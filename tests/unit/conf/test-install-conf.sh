#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-install-conf.sh PACKAGING: the first installation brings a configuration
# that all can read; another leaves what an administrator made of it, or a link.
set -eu
packaging=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
conf=$work/etc/jpki-pkcs11/jpki-pkcs11.conf

fail() {
    echo "FAIL: $*"
    exit 1
}

install_conf() {
    (umask 077 && DESTDIR=$work sh "$packaging/install-conf.sh" \
        "$packaging/jpki-pkcs11.conf" /etc/jpki-pkcs11/jpki-pkcs11.conf) ||
        fail 'not installed'
}

install_conf
cmp -s "$packaging/jpki-pkcs11.conf" "$conf" || fail 'another configuration'
[ "$(stat -c %a "$conf")" = 644 ] || fail 'not for all to read'

echo '# mine' >"$conf"
install_conf
[ "$(cat "$conf")" = '# mine' ] || fail "the administrator's file is gone"

rm "$conf"
ln -s elsewhere "$conf"
install_conf
[ "$(readlink "$conf")" = elsewhere ] || fail "the administrator's link is gone"
[ ! -e "$work/etc/jpki-pkcs11/elsewhere" ] || fail 'written through the link'
echo ok
