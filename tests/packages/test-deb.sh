#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tar ball becomes a source package and two binary packages, without git, and
# passes the unit tests on its way. The version is one everywhere.
. "$(dirname "$0")/common.sh"

rm -rf "$made/deb"
mkdir -p "$made/deb"
cd "$made/deb"
tar -xf "$made/dist/meson-dist/$name-$version.tar.xz"
cd "$name-$version"

packaged=$(dpkg-parsechangelog -S Version)
[ "$packaged" = "$version" ] || fail "debian/changelog: $packaged"
grep -q "^Version: *$version\$" "packaging/rpm/$name.spec" || fail 'spec: version'
grep -q "^$name $version " NEWS || fail 'NEWS: version'

DEB_BUILD_OPTIONS=parallel=$(nproc)
export DEB_BUILD_OPTIONS
quietly dpkg-buildpackage -us -uc
cp "$made/log" "$made/deb/build.log"
grep -E '^(Ok|Fail|Skipped): ' "$made/log"
grep -q '^Ok: *[1-9]' "$made/log" || fail 'no unit test ran'

cd "$made/deb"
for package in "$name" jpki-vcard; do
    dpkg-deb --fsys-tarfile "$(deb $package)" | tar -t | grep -v '/$' |
        sed 's,^\.,,' | sort >"$package.files"
done
dpkg-deb -f "$(deb $name)" Recommends | grep -qw pcscd || fail 'pcscd is not recommended'
dpkg-deb -f "$(deb $name)" Description | grep -q opensc-pkcs11 ||
    fail 'nothing said of opensc-pkcs11'
[ "$(dpkg-deb -I "$(deb $name)" conffiles)" = "/etc/$name/$name.conf" ] ||
    fail 'the configuration is no conffile'

# has PACKAGE FILE...: a file that the package has to have.
has() {
    package=$1
    shift
    for file in "$@"; do
        grep -qxE "$file" "$package.files" || fail "$package: no $file"
    done
}
has $name /usr/bin/jpki /usr/libexec/jpki-bridge \
    '/usr/share/man/man1/jpki\.1\.gz' '/usr/share/man/ja/man1/jpki\.1\.gz' \
    '/usr/share/man/man1/jpki-bridge\.1\.gz' \
    '/usr/share/man/ja/man1/jpki-bridge\.1\.gz' \
    /usr/share/bash-completion/completions/jpki \
    "/usr/share/$name/jpki-bridge\.xpi" \
    "/usr/share/$name/chromium-extension/manifest\.json" \
    "/usr/lib/.*/pkcs11/$name\.so" \
    "/usr/share/p11-kit/modules/$name\.module" \
    "/usr/share/man/man5/$name\.conf\.5\.gz" "/usr/share/man/ja/man5/$name\.conf\.5\.gz" \
    "/usr/share/man/man7/$name\.7\.gz" "/usr/share/man/ja/man7/$name\.7\.gz" \
    "/usr/share/doc/$name/README\.Debian"
has jpki-vcard /usr/bin/jpki-vcard '/usr/lib/.*/jpki-vcard/libpcsclite\.so\.1' \
    '/usr/share/jpki-vcard/personas/adult\.ini' '/usr/share/man/man1/jpki-vcard\.1\.gz'
# With libpodofo jpki signs PDF documents.
dpkg-deb -f "$(deb $name)" Depends | grep -q libpodofo || fail 'no PDF signatures'
! cat ./*.files | grep libpcsclite | grep -v '/jpki-vcard/libpcsclite' ||
    fail 'the stand-in lies where others find it'
ls -l ./*.deb ./*.dsc
