#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# In a bare system one command installs what is needed to use a card. Programs that
# go through p11-kit see the module, and through it the card of the package
# jpki-vcard, which nobody else sees.
. "$(dirname "$0")/common.sh"

apt update
apt install "$(deb $name)"
dpkg -s pcscd >/dev/null || fail 'pcscd did not come along'

apt install --no-install-recommends opensc opensc-pkcs11 p11-kit p11-kit-modules
modules() {
    p11-kit list-modules | sed -n 's/^\([^ :]*\):.*/\1/p'
}
modules | grep -qx $name || fail 'p11-kit does not see the module'

apt install --no-install-recommends "$(deb jpki-vcard)"
! ldconfig -p | grep jpki-vcard || fail 'the linker finds the stand-in'
[ "$(jpki-vcard list | grep -cxE 'adult|minor|phone')" = 3 ] || fail 'no personas'
card=$made/card
jpki-vcard make "$card" >"$made/log"
grep -qx "sign_ca = $made/ca-sign/ca.der" "$made/log" || fail 'the CA is not named'
proxy=$(echo /usr/lib/*/p11-kit-proxy.so)
jpki-vcard run "$card" pkcs11-tool --module "$proxy" -L >"$made/log"
grep -F JPKI "$made/log"
grep -qF 'JPKI Auth (4-digit PIN)' "$made/log" || fail 'no card through p11-kit'
! pkcs11-tool --module "$proxy" -L | grep JPKI || fail 'a card without jpki-vcard'
! jpki-vcard make "$card" nobody 2>"$made/log" || fail 'a persona that is none'
grep -q 'jpki-vcard list' "$made/log" || fail 'nothing said of what to do'

# What README.Debian says of OpenSC's module.
modules | grep -qx opensc-pkcs11 || fail "OpenSC's module is not there"
mkdir -p /etc/pkcs11/modules
grep -E '^ +(module|enable-in): ' "/usr/share/doc/$name/README.Debian" | head -n 2 |
    sed 's/^ *//' >/etc/pkcs11/modules/opensc-pkcs11.module
! modules | grep -qx opensc-pkcs11 || fail "OpenSC's module is still there"
modules | grep -qx $name || fail 'the module is gone too'
