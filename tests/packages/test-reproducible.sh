#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# In another folder, a year later, in another time zone and without the tests, the
# same packages come out, byte by byte; and by hand the same module.
. "$(dirname "$0")/common.sh"

tarball=$made/dist/meson-dist/$name-$version.tar.xz
elsewhere=$made/elsewhere/in-a-folder-of-another-length
rm -rf "$made/elsewhere"
mkdir -p "$elsewhere"
tar -C "$elsewhere" --touch -xf "$tarball"
cd "$elsewhere/$name-$version"
quietly env TZ=Asia/Tokyo DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" \
    faketime -f +400d dpkg-buildpackage -b -us -uc
for package in "$elsewhere"/*.deb; do
    same "$made/deb/$(basename "$package")" "$package" "$(basename "$package")"
done
sha256sum "$elsewhere"/*.deb

for folder in "$made/elsewhere/a" "$made/elsewhere/longer/b"; do
    mkdir -p "$folder"
    tar -C "$folder" --strip-components=1 -xf "$tarball"
    quietly meson setup --prefix=/usr -Dtests=disabled "$folder/build" "$folder"
    quietly ninja -C "$folder/build" "pkcs11/$name.so"
done
same "$made/elsewhere/a/build/pkcs11/$name.so" \
    "$made/elsewhere/longer/b/build/pkcs11/$name.so" "$name.so"
sha256sum "$made/elsewhere/a/build/pkcs11/$name.so"
