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

# build_module FOLDER BUILD: the module, in a build folder in FOLDER or elsewhere.
build_module() {
    mkdir -p "$1"
    tar -C "$1" --strip-components=1 -xf "$tarball"
    quietly meson setup --prefix=/usr -Dtests=disabled "$2" "$1"
    quietly ninja -C "$2" "pkcs11/$name.so"
}

inside=$made/elsewhere/a/build
outside=$made/elsewhere/built/far/away
build_module "$made/elsewhere/a" "$inside"
build_module "$made/elsewhere/longer/b" "$outside"
same "$inside/pkcs11/$name.so" "$outside/pkcs11/$name.so" "$name.so"
sha256sum "$inside/pkcs11/$name.so"
