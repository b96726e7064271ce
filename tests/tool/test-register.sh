#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki register and unregister: what was done twice does nothing the second time,
# and what was there before is there afterwards, byte by byte.
# shellcheck disable=SC2030,SC2031 # homes of their own, in subshells
. "$(dirname "$0")/common.sh"
new_ledger
insert adult

# The real modutil loads the module from where it will be installed; this one keeps
# to the same list and leaves NSS out of it.
mkdir "$work/bin"
cat >"$work/bin/modutil" <<'END'
#!/bin/sh
[ "$1" = -force ] && [ "$2" = -dbdir ] || exit 9
list=${3#sql:}/pkcs11.txt
case $4 in
-add) printf 'library=%s\nname=%s\n\n' "$7" "$5" >>"$list" ;;
-delete)
    grep -v -e "^name=$5\$" -e '^library=/.*/jpki-pkcs11\.so$' "$list" |
        sed '$d' >"$list.new"
    mv "$list.new" "$list"
    ;;
esac
END
cat >"$work/bin/certutil" <<'END'
#!/bin/sh
[ "$*" = "-N -d $3 --empty-password" ] && printf 'library=\n\n' >"${3#sql:}/pkcs11.txt"
END
# The key of a card that is not there, and a signature that only names its key.
cat >"$work/bin/ssh-keygen" <<'END'
#!/bin/sh
case "$#:$1" in
2:-D) echo "ssh-rsa of $2" ;;
*:-Y)
    while [ $# -gt 1 ]; do
        [ "$1" != -f ] || key=$2
        shift
    done
    cat "$key" >"$1.sig"
    ;;
*) exit 1 ;;
esac
END
chmod +x "$work/bin"/*
PATH=$work/bin:$PATH
export PATH

profile=$HOME/.mozilla/firefox/abc.default
mkdir -p "$profile" "$HOME/.ssh" "$HOME/dotfiles"
printf 'library=\nname=NSS Internal PKCS #11 Module\n\n' >"$profile/pkcs11.txt"
printf 'Host x\n  User y' >"$HOME/.ssh/config"
chmod 600 "$HOME/.ssh/config"
printf '[user]\n\tname = A\n' >"$HOME/dotfiles/gitconfig"
ln -s dotfiles/gitconfig "$HOME/.gitconfig"

# state: every file at home with its mode and content.
state() {
    find "$HOME" ! -type d -printf '%p %m %l\n' | sort
    find "$HOME" -type f -exec sha256sum {} + | sort
}
targets='firefox p11-kit ssh java git'
! "$JPKI_WITH_BRIDGE" || targets="$targets bridge"
state >"$work/before"

# What would be done is told, and not done.
# shellcheck disable=SC2086 # words
jpki 0 register --dry-run $targets
says "added to the database $profile"
says "put into $HOME/.ssh/config: Include jpki-pkcs11.conf"
state | cmp - "$work/before" || fail '--dry-run changed something'

# shellcheck disable=SC2086
jpki 0 register $targets
state >"$work/registered"
grep -q '^name=jpki-pkcs11$' "$profile/pkcs11.txt" || fail 'not in the profile'
if command -v git >/dev/null; then
    [ "$(git config --get gpg.format)" = ssh ] || fail 'git does not sign by ssh'
    git init -q "$work/tree"
    git -C "$work/tree" -c user.email=a@test commit -q -S --allow-empty -m x \
        >"$work/output" 2>&1 || fail 'git does not sign'
    git -C "$work/tree" cat-file commit HEAD |
        grep -q '^gpgsig ssh-rsa of /.*/jpki-pkcs11[.]so$' || fail 'another key'
fi
[ -L "$HOME/.gitconfig" ] || fail 'the link to the dotfiles is gone'
[ "$(stat -c %a "$HOME/.ssh/config")" = 600 ] || fail 'another mode'
! command -v ssh >/dev/null || ssh -F "$HOME/.ssh/config" -G x |
    grep -q '^user y$' || fail 'ssh cannot read its configuration'
# shellcheck disable=SC2086
jpki 0 register $targets
says 'is registered already'
state | cmp - "$work/registered" || fail 'the second time did something'

jpki 0 unregister
state | cmp - "$work/before" || fail 'not as it was before'
jpki 0 unregister
says 'not registered'
state | cmp - "$work/before" || fail 'the second time did something'

# A file of another's is left alone.
echo 'theirs' >"$HOME/.ssh/jpki-pkcs11.conf"
jpki 1 register ssh
! grep -q Include "$HOME/.ssh/config" || fail "included all the same"
says 'left as it is'
in_japanese
jpki 1 unregister ssh
says '別の内容が書かれているため'
in_english
[ "$(cat "$HOME/.ssh/jpki-pkcs11.conf")" = theirs ] || fail 'changed'

# A home with all that means something to glob and git.
(
    HOME="$work/h[o]*m?\\e\"x"
    mkdir -p "$HOME/.mozilla/firefox/a" "$work/h[o]xm/.mozilla/firefox/b"
    touch "$HOME/.mozilla/firefox/a/pkcs11.txt"
    jpki 0 register firefox git
    grep -q '^name=jpki-pkcs11$' "$HOME/.mozilla/firefox/a/pkcs11.txt" ||
        fail 'not in the profile of a strange home'
    ! command -v git >/dev/null || [ "$(git config --get gpg.format)" = ssh ] ||
        fail 'git does not find what is in a strange home'
    jpki 0 unregister firefox git
    [ ! -e "$HOME/.gitconfig" ] || fail 'left in a strange home'
)

# Files that were empty before are empty again, and such as were not there gone; a
# link to nothing stays one.
(
    HOME=$work/empty
    mkdir -p "$HOME/.ssh"
    state >"$work/none"
    jpki 0 register ssh git
    ! command -v git >/dev/null || [ "$(git config --get gpg.format)" = ssh ] ||
        fail 'git cannot read what was made'
    ! command -v ssh >/dev/null || ssh -F "$HOME/.ssh/config" -G x >/dev/null ||
        fail 'ssh cannot read what was made'
    jpki 0 unregister ssh git
    state | cmp - "$work/none" || fail 'made files are left'
    : >"$HOME/.ssh/config"
    : >"$HOME/.gitconfig"
    state >"$work/none"
    jpki 0 register ssh git
    jpki 0 unregister ssh git
    state | cmp - "$work/none" || fail 'empty files are gone'
    ln -sf nowhere "$HOME/.ssh/config"
    state >"$work/none"
    jpki 4 register ssh
    says "$HOME/.ssh/config is a link to a file that is not there"
    jpki 0 unregister ssh
    state | cmp - "$work/none" || fail 'the link is gone'
)

# What lies in ~/.config lies in $XDG_CONFIG_HOME where there is one, in
# ~/.local/share in $XDG_DATA_HOME, for jpki doctor too.
(
    HOME=$work/xdg
    XDG_CONFIG_HOME=$HOME/configuration
    JPKI_VCARD_LEDGER=$work/doctor
    XDG_DATA_HOME=$HOME/data
    export XDG_CONFIG_HOME XDG_DATA_HOME
    mkdir -p "$XDG_DATA_HOME/pki/nssdb"
    touch "$XDG_DATA_HOME/pki/nssdb/cert9.db"
    mkdir -p "$XDG_CONFIG_HOME/mozilla/firefox/a"
    touch "$XDG_CONFIG_HOME/mozilla/firefox/a/pkcs11.txt"
    "$JPKI_WITH_BRIDGE" && targets='firefox chromium p11-kit bridge' ||
        targets='firefox chromium p11-kit'
    # shellcheck disable=SC2086
    jpki 0 register $targets
    [ ! -e "$HOME/.config" ] || fail 'another folder for configuration'
    [ ! -e "$HOME/.pki" ] || fail 'it hides the database that Chromium has'
    grep -q '^name=jpki-pkcs11$' "$XDG_DATA_HOME/pki/nssdb/pkcs11.txt" ||
        fail 'not in the database of Chromium'
    grep -q '^name=jpki-pkcs11$' "$XDG_CONFIG_HOME/mozilla/firefox/a/pkcs11.txt" ||
        fail 'not in the profile'
    if "$JPKI_WITH_BRIDGE"; then
        for browser in chromium google-chrome; do
            [ -f "$XDG_CONFIG_HOME/$browser/NativeMessagingHosts/jpki_pkcs11.bridge.json" ] ||
                fail "$browser does not find the bridge"
        done
    fi
    on_card "$JPKI" doctor || true
    says "$XDG_CONFIG_HOME/pkcs11/modules/jpki-pkcs11.module"
    says "$XDG_CONFIG_HOME/mozilla/firefox/a/pkcs11.txt"
    says "$XDG_DATA_HOME/pki/nssdb/pkcs11.txt"
    jpki 0 unregister
)

# wait_for_browser: until the process $browser is one, not the shell before.
wait_for_browser() {
    for _ in $(seq 500); do
        [ "$(readlink "/proc/$browser/exe")" != "$(readlink -f "$work/firefox")" ] ||
            return 0
        sleep 0.02
    done
    fail 'no browser'
}

# A browser that runs at this home, and only there.
cp /bin/sleep "$work/firefox"
"$work/firefox" 60 &
browser=$!
wait_for_browser
jpki 1 register firefox
says 'Firefox is running'
rm "$work/firefox" # as an update of the package does
jpki 1 register firefox
says 'Firefox is running'
kill $browser
wait $browser || true
cp /bin/sleep "$work/firefox"
env HOME=/ "$work/firefox" 60 &
browser=$!
wait_for_browser
jpki 0 register firefox
kill $browser
wait $browser || true
jpki 0 unregister firefox

# The database that Chromium has made is not hidden by another; a folder that hides
# it already, as Chromium finds it, gets one.
(
    HOME=$work/chromium
    mkdir -p "$HOME/.local/share/pki/nssdb"
    touch "$HOME/.local/share/pki/nssdb/cert9.db"
    jpki 0 register chromium
    grep -q '^name=jpki-pkcs11$' "$HOME/.local/share/pki/nssdb/pkcs11.txt" ||
        fail 'not in the database of Chromium'
    [ ! -e "$HOME/.pki" ] || fail 'it hides the database that Chromium has'
    mkdir -p "$HOME/.pki/nssdb"
    jpki 0 register chromium
    grep -q '^name=jpki-pkcs11$' "$HOME/.pki/nssdb/pkcs11.txt" ||
        fail 'not where Chromium looks first'
)

# Databases of Chromium; browsers in a sandbox.
jpki 0 register chromium
grep -q '^name=jpki-pkcs11$' "$HOME/.pki/nssdb/pkcs11.txt" || fail 'no database'
# A database that has no list of modules yet is never made again.
rm "$HOME/.pki/nssdb/pkcs11.txt"
touch "$HOME/.pki/nssdb/cert9.db" "$HOME/.pki/nssdb/key4.db"
# What goes on for ever, as certutil does on a database that is there.
cat >"$work/bin/certutil" <<'END'
#!/bin/sh
echo $$ >"$CERTUTIL_PID"
exec sleep 30
END
CERTUTIL_PID=$work/certutil.pid
export CERTUTIL_PID
jpki 0 register chromium
grep -q '^name=jpki-pkcs11$' "$HOME/.pki/nssdb/pkcs11.txt" || fail 'not added'
[ ! -e "$CERTUTIL_PID" ] || fail 'certutil was run on a database'
jpki 0 unregister chromium
rm -r "$HOME/.pki"
if "$host_faults"; then
    LD_PRELOAD=$JPKI_HOST_FAULT_LIB
    JPKI_CLOCK_SPEED=60
    export LD_PRELOAD JPKI_CLOCK_SPEED
    jpki 4 register chromium
    unset LD_PRELOAD JPKI_CLOCK_SPEED
    says 'certutil did not end within 60 seconds'
    says "$HOME/.pki/nssdb could not be changed"
    ! kill -0 "$(cat "$CERTUTIL_PID")" 2>/dev/null || fail 'certutil goes on'
fi
mkdir -p "$HOME/snap/chromium" "$HOME/.var/app/org.mozilla.firefox"
mkdir -p "$HOME/.pki/nssdb"
touch "$HOME/.pki/nssdb/cert9.db"
jpki 1 register chromium firefox
says 'Chromium is here as a Snap package too'
says 'Firefox is here as a Flatpak package too'

# What makes no sense.
jpki 2 register opera
says '"opera" is none of'
jpki 2 register --system ssh
says 'no list for all users'
jpki 0 register --system --dry-run firefox
says '/etc/firefox/policies/policies.json'
(
    unset HOME
    jpki 0 register --system --dry-run firefox p11-kit
    jpki 4 register firefox
    says 'HOME is not set'
)
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
