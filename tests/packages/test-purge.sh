#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A configuration that was edited outlives an upgrade, with the same and with
# another one in the new package, and the removal. A purge leaves nothing.
. "$(dirname "$0")/common.sh"

conf=/etc/$name/$name.conf

# What it depends on is there before and after.
apt update
wanted=$(apt-get -s install "$(deb $name)" "$(deb jpki-vcard)" |
    sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -vE '^jpki-')
# shellcheck disable=SC2086 # words
apt install $wanted
listing >"$made/before"

# newer VERSION: the package once more, called VERSION, as $made/newer.deb. What
# stands in $made/conf is put behind its configuration.
newer() {
    rm -rf "$made/newer"
    dpkg-deb -R "$(deb $name)" "$made/newer"
    sed -i "s/^Version: .*/Version: $1/" "$made/newer/DEBIAN/control"
    cat "$made/conf" >>"$made/newer$conf"
    quietly dpkg-deb --root-owner-group -b "$made/newer" "$made/newer.deb"
}

# upgrade VERSION
upgrade() {
    newer "$1"
    apt install -o Dpkg::Options::=--force-confold "$made/newer.deb"
    [ "$(dpkg-query -W -f '${Version}' $name)" = "$1" ] || fail "not upgraded to $1"
    [ "$(cat $conf)" = '# mine' ] || fail "$1: the edited configuration is gone"
}

apt install "$(deb $name)" "$(deb jpki-vcard)"
cp $conf "$made/original"
echo '# mine' >$conf
: >"$made/conf"
upgrade 99.1
echo '# new' >"$made/conf"
upgrade 99.2
[ "$(tail -n 1 $conf.dpkg-dist)" = '# new' ] || fail 'the new configuration is not beside'

apt remove $name jpki-vcard
[ "$(cat $conf)" = '# mine' ] || fail 'removed with the edited configuration'
! find /usr -name '*jpki*' | grep . || fail 'not all of it is removed'
apt purge $name
expect_listing "$made/before" 'purged'
echo "$(wc -l <"$made/before") lines compared"
