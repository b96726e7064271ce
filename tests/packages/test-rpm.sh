#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rpmbuild makes packages from the tar ball and its spec, with the unit tests.
# rpmlint has neither errors nor warnings.
. "$(dirname "$0")/common.sh"

rm -rf "$made/rpm"
mkdir -p "$made/rpm"
spec=$made/source/packaging/rpm/$name.spec
quietly rpmbuild --nodeps --define "_topdir $made/rpm" \
    -ta "$made/dist/meson-dist/$name-$version.tar.xz"
grep -q '^Ok: *[1-9]' "$made/log" || fail 'no unit test ran'

cd "$made/rpm"
main=$(echo RPMS/*/"$name-$version"-*.rpm)
vcard=$(echo RPMS/*/jpki-vcard-"$version"-*.rpm)
rpm -qp --provides "$main" "$vcard" | sort -u >provides
! grep -F .so provides || fail 'provides a library that is not for others'
rpm -qp --configfiles "$main" | grep -qx "/etc/$name/$name.conf" ||
    fail 'the configuration is no configuration file'
rpm -qp --recommends "$main" | grep -qx pcsc-lite || fail 'pcscd is not recommended'
rpm -qpl "$main" | grep -q "/pkcs11/$name.so\$" || fail 'no module'
rpmlint -c "$made/source/packaging/rpm/rpmlint.toml" "$main" "$vcard" SRPMS/*.rpm \
    "$spec" >"$made/log" 2>&1 || true
cat "$made/log"
grep -q '0 errors, 0 warnings' "$made/log" || fail 'rpmlint complains'
