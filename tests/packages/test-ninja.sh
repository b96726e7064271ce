#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# "ninja uninstall" leaves what "apt remove" leaves, the configuration, and after a
# second installation, as an update is, folders that are ours alone and empty; without
# those the system is as it was. Below $DESTDIR too.
. "$(dirname "$0")/common.sh"

rm -rf "$made/by-hand" "$made/destdir"
quietly meson setup --prefix=/usr -Dtests=disabled -Dvcard=true "$made/by-hand" \
    "$made/source"
quietly ninja -C "$made/by-hand"
listing >"$made/before"

export DESTDIR="$made/destdir"
quietly ninja -C "$made/by-hand" install
[ "$(find "$DESTDIR" -name "$name.so" | wc -l)" = 1 ] || fail 'no module below DESTDIR'
expect_listing "$made/before" 'installed below DESTDIR'
quietly ninja -C "$made/by-hand" uninstall
[ "$(cd "$DESTDIR" && find . ! -type d)" = "./etc/$name/$name.conf" ] ||
    fail "left below DESTDIR: $(find "$DESTDIR" ! -type d)"
unset DESTDIR

quietly ninja -C "$made/by-hand" install
quietly ninja -C "$made/by-hand" install
p11-kit list-modules | grep -q "^$name:" || fail 'p11-kit does not see the module'
quietly ninja -C "$made/by-hand" uninstall
! p11-kit list-modules | grep -q "^$name:" || fail 'p11-kit still sees the module'
[ -f "/etc/$name/$name.conf" ] || fail 'the configuration is gone'
rm -r "/etc/${name:?}"
ours="/usr/share/$name /usr/share/doc/$name /usr/share/jpki-vcard /usr/libexec/jpki-vcard
$(echo /usr/lib/*/jpki-vcard)"
# shellcheck disable=SC2086 # words
[ -z "$(find $ours ! -type d)" ] || fail "left: $(find $ours ! -type d)"
# shellcheck disable=SC2086
rm -rf $ours
expect_listing "$made/before" 'uninstalled'
