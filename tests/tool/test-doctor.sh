#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki doctor: each line good, or what to do about it, in both languages.
. "$(dirname "$0")/common.sh"
: "${JPKI_BESIDE_PCSCD:?is not set}"
plain_conf=$JPKI_PKCS11_CONF
new_ledger
insert adult

# doctor STATUS WORDS JAPANESE: it exits with STATUS or, where the module is not
# installed on this machine or p11-kit's own files lack it, with 1 for 0.
doctor() {
    status=0
    on_card "$JPKI" doctor || status=$?
    case $1:$status in
    "$1:$1") ;;
    0:1) says '[!!]' ;;
    *) fail "jpki doctor: exit status $status, not $1" ;;
    esac
    says "$2"
    in_japanese
    on_card "$JPKI" doctor || true
    says "$3"
    in_english
}

# told_as STATE COMMAND...: COMMAND, which runs jpki with the arguments it is
# given, says what docs/tool.md has in the row of STATE of the section $section.
section='jpki doctor'
told_as() {
    row=$(row_of "$section" "$1")
    [ "$row" ] || fail "$1: no row in docs/tool.md"
    persona=$1
    shift
    said=${row#*|}
    for language in C.UTF-8 ja_JP.UTF-8; do
        LC_ALL=$language
        status=0
        "$@" doctor >"$work/output" 2>&1 || status=$?
        # Nor is the module installed where it was built.
        case ${row%%|*}:$status in
        "$status:$status" | 0:1) ;;
        *) fail "$persona: exit status $status, not ${row%%|*}" ;;
        esac
        case $language in
        C*) says_all "${said%%|*}" ;;
        *) says_all "${said#*|}" ;;
        esac
        "$@" >"$work/output" 2>&1 || true
        [ -s "$work/output" ] || fail "$persona: jpki status is silent"
    done
    in_english
    persona=
}

without_readers() {
    env -u JPKI_VCARD LD_LIBRARY_PATH="$JPKI_VCARD_LIB" "$JPKI" "$@"
}

# beside_pcscd KIND ARGUMENT...: with the real libpcsclite.
beside_pcscd() {
    kind=$1
    shift
    rm -f "$work/socket"
    "$JPKI_BESIDE_PCSCD" "$kind" "$work/socket" "$JPKI" "$@"
}

# All that is there.
doctor 0 '[OK] pcscd runs and lets this user in.' \
    '[OK] pcscd は動作しており、この利用者から接続できます。'
doctor 0 '[OK] Card reader: Virtual Reader 0, with a My Number Card that answers.' \
    'カードリーダー: Virtual Reader 0（マイナンバーカードが応答しています）'
doctor 0 'text, name and address: answers' '券面事項入力補助: 応答あり'
doctor 0 '[OK] The clock is plausible' '時計に問題はありません'
doctor 0 '[policy] sign_ca = ' '行目: [policy] sign_ca = '
if command -v jq >/dev/null; then
    on_card "$JPKI" doctor --json || true
    jq -e '.schema == 1 and (.findings | length > 5) and
        all(.findings[]; .check and .grade and (.more | type == "array")) and
        .exit == (if any(.findings[]; .grade == "bad") then 1 else 0 end) and
        all(.findings[] | select(.grade == "bad"); .check |
            test("^(module|p11-kit)$"))' "$work/output" >/dev/null || fail JSON
fi

# pcscd, readers, cards.
told_as 'a My Number Card' with_card "$JPKI"
told_as 'no pcscd' beside_pcscd absent
told_as 'refused by pcscd' beside_pcscd refuses
told_as 'pcscd of another version' beside_pcscd differs
told_as 'no reader' without_readers
card='Empty One='
told_as 'no card' with_card "$JPKI"
card="Other Reader=$work/card"
use_conf "$work/conf" '[card]' 'ignore_reader = other'
told_as 'a reader that is left out' with_card "$JPKI"
JPKI_PKCS11_CONF=$plain_conf
card=$work/card
insert foreign
told_as 'another card' with_card "$JPKI"
insert adult
sed -i 's/^\[card\]$/&\nmute = yes/' "$card/card.conf"
told_as 'a card the wrong way round' with_card "$JPKI"
insert not-yet-valid
doctor 1 'The clock is before the first day of the card' \
    '時計がカードの証明書の開始日より前'
insert quirk-no-foreign
doctor 0 'visual, the card'"'"'s face: does not answer' \
    '券面事項確認: 応答なし'
insert adult

# Configuration: mistakes, lines without effect, whose file it must not be.
printf '[card]\nno_such = 1\n' >"$work/wrong"
JPKI_PKCS11_CONF=$work/wrong
told_as 'a mistake in the configuration' with_card "$JPKI"
doctor 4 "[!!] $work/wrong:2: unknown key \"no_such\" in [card]" \
    "[!!] $work/wrong:2: 不明なキー \"no_such\" です（[card] 内）"
JPKI_PKCS11_CONF=$work/absent
doctor 4 'correct JPKI_PKCS11_CONF' '訂正するまで'
printf '[pin]\nlast_try = allow\n[app curl]\nshow = auth\n' >"$work/lines"
JPKI_PKCS11_CONF=$work/lines
doctor 0 'line 2: [pin] last_try = allow' '2行目: [pin] last_try = allow'
doctor 0 'line 4: [app curl] show = auth' '4行目: [app curl] show = auth'
printf '[policy]\nsign_ca = %s/no-such.pem\n' "$work" >"$work/no-ca"
JPKI_PKCS11_CONF=$work/no-ca
doctor 4 "$work/no-ca:2: the CA certificate $work/no-such.pem cannot be read" \
    "$work/no-ca:2: 認証局の証明書 $work/no-such.pem を読み取れません"
doctor 4 '(sign_ca or ocsp)' '（sign_ca または ocsp）'
unset JPKI_PKCS11_CONF
doctor 0 "$HOME/.config/jpki-pkcs11/jpki-pkcs11.conf" \
    "$HOME/.config/jpki-pkcs11/jpki-pkcs11.conf"
JPKI_PKCS11_CONF=$plain_conf
export JPKI_PKCS11_CONF

# p11-kit, by the user's own module file; and OpenSC's.
modules=$HOME/.config/pkcs11/modules
mkdir -p "$modules"
printf 'module: %s\n' "$JPKI_MODULE" >"$modules/a.module"
doctor 0 "[OK] p11-kit knows the module, by $modules/a.module." \
    "p11-kit にモジュールが登録されています（$modules/a.module）"
echo 'disable-in: curl' >>"$modules/a.module"
doctor 0 'which has enable-in or disable-in' '一部のプログラムでは使えません'
printf 'module: /no/such/jpki-pkcs11.so\n' >"$modules/a.module"
doctor 1 'names a module that is not there: /no/such/jpki-pkcs11.so' \
    'に書かれたモジュールがありません: /no/such/jpki-pkcs11.so'
printf 'module: opensc-pkcs11.so\n' >"$modules/o.module"
doctor 1 "OpenSC's driver is registered too, by $modules/o.module" \
    "OpenSC のドライバーも登録されています（$modules/o.module）"
# Switched off: by a file of the same name, in each case.
for file in "$modules/o.module" /etc/pkcs11/modules/*.module \
    /usr/share/p11-kit/modules/*.module; do
    grep -qs opensc-pkcs11 "$file" || continue
    printf 'module: opensc-pkcs11.so\nenable-in: nothing\n' \
        >"$modules/$(basename "$file")"
done
jpki 1 doctor
keeps_quiet "OpenSC's driver is registered too"

# Browsers, by their profiles.
doctor 1 '[--] Firefox: no profile of this user.' \
    'Firefox: この利用者のプロファイルはありません'
doctor 1 'start it once, quit it, and run jpki register firefox' \
    '一度起動して終了してから jpki register firefox'
doctor 1 'quit the browser and run jpki register chromium' \
    'ブラウザーを終了してから jpki register chromium'
fox=$HOME/.mozilla/firefox/a.default
mkdir -p "$fox" "$HOME/.pki/nssdb"
printf 'library=\nname=NSS Internal\n' >"$fox/pkcs11.txt"
cp "$fox/pkcs11.txt" "$HOME/.pki/nssdb"
if ! grep -qs jpki-pkcs11 /etc/firefox/policies/policies.json \
    /usr/lib*/firefox*/distribution/policies.json; then
    doctor 1 "Firefox: the module is not registered in $fox/pkcs11.txt" \
        "Firefox: モジュールが登録されていません（$fox/pkcs11.txt）"
    printf 'library=%s\nname=jpki\n' "$JPKI_MODULE" >>"$fox/pkcs11.txt"
    doctor 1 "[OK] Firefox: the module is registered, in $fox/pkcs11.txt." \
        "Firefox: モジュールが登録されています（$fox/pkcs11.txt）"
fi
doctor 1 'Chromium: the module is not registered' \
    'Chromium: モジュールが登録されていません'
says 'jpki register chromium'
printf 'library=%s\nname=jpki\n' "$JPKI_MODULE" >>"$HOME/.pki/nssdb/pkcs11.txt"
doctor 1 '[OK] Chromium: the module is registered' \
    'Chromium: モジュールが登録されています'

# jpki-bridge: the files of browsers, the program that they name, the dialog.
with_pinentry() {
    with_card env PATH="$HOME/bin" "$JPKI" "$@"
}

bridge_rows() {
    section='jpki doctor: jpki-bridge'
    HOME=$work/bridge
    mkdir -p "$HOME/bin" "$HOME/.config"
    for program in gnome3 curses; do
        cp /bin/true "$HOME/bin/pinentry-$program"
    done
    DISPLAY=:9
    export DISPLAY
    told_as 'no file and no pinentry' with_pinentry
    ln -s pinentry-curses "$HOME/bin/pinentry"
    told_as 'no file and pinentry for terminals' with_pinentry
    ln -sf pinentry-gnome3 "$HOME/bin/pinentry"
    told_as 'no file and pinentry for windows' with_pinentry
    unset DISPLAY
    told_as 'no display' with_pinentry
    WAYLAND_DISPLAY=wayland-0
    export WAYLAND_DISPLAY
    told_as 'no file and pinentry for windows' with_pinentry

    "$JPKI" register bridge >"$work/output"
    program=$(sed -n 's/.*"path": "\(.*\)".*/\1/p' "$HOME/$fox")
    [ -x "$program" ] || told_as 'no program' with_pinentry
    for file in "$HOME/$fox" "$HOME/.config/"*/NativeMessagingHosts/*; do
        sed "s,$program,$JPKI_BRIDGE," "$file" >"$work/manifest"
        cat "$work/manifest" >"$file"
    done
    told_as 'registered' with_pinentry
    ln -sf pinentry-curses "$HOME/bin/pinentry"
    told_as 'registered with pinentry for terminals' with_pinentry
    rm "$HOME/bin/pinentry"
    told_as 'registered without pinentry' with_pinentry
    ln -sf pinentry-gnome3 "$HOME/bin/pinentry"

    rm "$HOME/.config/chromium/NativeMessagingHosts/"*
    told_as 'not for Chromium' with_pinentry
    sed "s,$JPKI_BRIDGE,$HOME/gone," "$work/manifest" >"$HOME/$fox"
    told_as 'the extension of another' with_pinentry
    sed "s,$JPKI_BRIDGE,$HOME/gone,; s,chrome-extension[^\"]*,bridge@jpki-pkcs11," \
        "$work/manifest" >"$HOME/$fox"
    told_as 'a program that is gone' with_pinentry
    rm "$HOME/$fox"
    mkdir "$HOME/$fox"
    told_as 'a file that cannot be read' with_pinentry
}
fox=.mozilla/native-messaging-hosts/jpki_pkcs11.bridge.json
if "$JPKI_WITH_BRIDGE" && ! ls /usr/lib*/mozilla/native-messaging-hosts/jpki* \
    /etc/chromium/native-messaging-hosts/jpki* \
    /etc/opt/chrome/native-messaging-hosts/jpki* >/dev/null 2>&1; then
    (bridge_rows) || exit 1
fi

# The clock. A sanitizer's malloc asks for the time, and that of faketime for memory.
if "$host_faults" && command -v faketime >/dev/null; then
    status=0
    with_card faketime -f '1999-12-31 12:00:00' "$JPKI" doctor \
        >"$work/output" 2>&1 || status=$?
    [ "$status" -eq 1 ] || fail "a clock of 1999: exit status $status"
    says '[!!] The clock says 1999-12-31'
fi
expect_sent_pins 0
echo ok
