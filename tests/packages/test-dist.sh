#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# "meson dist" makes a tar ball that has each file of the tree and no other.
. "$(dirname "$0")/common.sh"

cd "$made/source"
git init -q
git add -A
git -c user.name=test -c user.email=test@localhost commit -qm 'a commit for the tar ball'
quietly meson setup -Dtests=disabled "$made/dist"
quietly meson dist -C "$made/dist" --no-tests --formats xztar

git -c core.quotePath=false ls-files | sort >"$made/listing"
tar -tf "$made/dist/meson-dist/$name-$version.tar.xz" | grep -v '/$' |
    sed "s,^$name-$version/,," | sort | diff "$made/listing" - ||
    fail 'not what is in the tree'
echo "$(wc -l <"$made/listing") files"
