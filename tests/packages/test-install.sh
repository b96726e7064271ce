#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# In a bare system one command installs what is needed to use a card and to have
# browsers use it. Programs that go through p11-kit see the module, and through it the
# card of the package jpki-vcard, which nobody else sees.
. "$(dirname "$0")/common.sh"

apt update
apt install "$(deb $name)"
for package in pcscd libnss3-tools; do
    dpkg -s $package >/dev/null || fail "$package did not come along"
done

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

# The command: what it finds without pcscd, and with the card.
status=0
jpki doctor >"$made/log" || status=$?
cat "$made/log"
[ "$status" = 3 ] || fail "jpki doctor without pcscd: exit status $status"
grep -qF '[!!] pcscd does not answer.' "$made/log" || fail 'nothing said of pcscd'
grep -qE "^\[OK\] .*/pkcs11/$name\.so" "$made/log" || fail 'jpki doctor finds no module'
grep -qE "^\[OK\] p11-kit .*/modules/$name\.module" "$made/log" ||
    fail 'jpki doctor finds no module file'
quietly jpki-vcard run "$card" jpki doctor
quietly jpki-vcard run "$card" jpki
grep -qF 'tries' "$made/log" || fail 'jpki shows no card'

# at_home: every file of the person's and what is in it.
at_home() {
    (cd "$HOME" && find . ! -type d -exec sha256sum '{}' + | sort)
}

# What is registered in a person's files leaves them as they were.
HOME=$made/home
export HOME
profile=$HOME/.mozilla/firefox/a.default
mkdir -p "$profile" "$HOME/.ssh"
quietly certutil -N -d "sql:$profile" --empty-password
echo 'Host x' >"$HOME/.ssh/config"
at_home >"$made/before"
quietly jpki register firefox ssh git bridge
modutil -dbdir "sql:$profile" -list >"$made/log"
grep -q "/pkcs11/$name\.so" "$made/log" || fail 'Firefox does not have the module'
program=$(sed -n 's/.*"path": *"\([^"]*\)".*/\1/p' \
    "$HOME/.mozilla/native-messaging-hosts/jpki_pkcs11.bridge.json")
[ -x "$program" ] || fail "Firefox would start: $program"
quietly jpki unregister
at_home | diff "$made/before" - || fail 'not as it was before jpki register'

# What the README says of OpenSC's module, and README.Debian of the same file.
modules | grep -qx opensc-pkcs11 || fail "OpenSC's module is not there"
off=/etc/pkcs11/modules/opensc-pkcs11.module
(
    cd /source
    sed -n "/^    .*\/etc\/pkcs11\/modules$/,\|tee $off|p" README.md
) | sed 's/sudo //' >"$made/commands"
quietly sh -e "$made/commands"
for language in 1 2; do
    grep -E '^ +(module|enable-in): ' "/usr/share/doc/$name/README.Debian" |
        sed -e 's/^ *//' -e "$((2 * language - 1)),$((2 * language))!d" | diff $off - ||
        fail 'README.Debian says something else'
done
! modules | grep -qx opensc-pkcs11 || fail "OpenSC's module is still there"
modules | grep -qx $name || fail 'the module is gone too'
