#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# LibreOffice, with the module registered as the README says, signs PDF and ODF with
# the right password: it asks for the signing token's once to log in and, but for ODF
# since LibreOffice 25, once for the signature, and for no other. With a wrong one, one
# of the wrong form or none, when its dialog is cancelled and with a locked card the
# card gets no signing command and the file no signature.
#
# X servers in one network namespace share abstract sockets, so that two with the same
# number collide even where each has a /tmp of its own.
if [ -z "${JPKI_OWN_MOUNTS:-}" ] && unshare -m -n true 2>/dev/null; then
    JPKI_OWN_MOUNTS=yes exec unshare -m -n sh "$0"
fi
. "$(dirname "$0")/common.sh"
[ "${JPKI_OWN_MOUNTS:-}" ] || skip 'no namespaces here'
. "$here/nss.sh"
skip_without import setsid soffice tesseract xdotool xmlsec1 Xvfb
# The bindings are for Debian's own interpreter, whichever comes first in PATH.
python=/usr/bin/python3
"$python" -c 'import uno' 2>/dev/null || skip 'no UNO for Python'
[ -x "${JPKI:-}" ] || skip 'no command jpki'
office=
screen=
starts=0
at_exit="stop_office stop_screen uninstall"

# The whole group: soffice is a script that starts other programs.
stop_office() {
    [ -z "$office" ] || kill -s KILL -- "-$office" 2>/dev/null || true
    office=
}

stop_screen() {
    [ -z "$screen" ] || kill "$screen" 2>/dev/null || true
    screen=
}

# install: the module where jpki register says it is, for these processes only. A
# package's is there.
install() {
    [ "$JPKI_MODULE" != "${JPKI_INSTALLED_MODULE:?is not set}" ] || return 0
    mkdir "$work/layers"
    mount -t tmpfs none "$work/layers"
    mkdir "$work/layers/upper" "$work/layers/work"
    mount -t overlay -o "lowerdir=/usr,upperdir=$work/layers/upper,workdir=$work/layers/work" \
        none /usr || skip 'no overlay file system'
    mkdir -p "$(dirname "$JPKI_INSTALLED_MODULE")"
    cp "$JPKI_MODULE" "$JPKI_INSTALLED_MODULE"
}

uninstall() {
    umount -l /usr "$work/layers" 2>/dev/null || true
}

# start_screen: without -noreset the server resets when its last client disconnects,
# which each xdotool may be, and refuses connections meanwhile.
start_screen() {
    Xvfb -displayfd 3 -noreset -screen 0 1280x900x24 -nolisten tcp 3>"$work/display" \
        >"$work/screen" 2>&1 &
    screen=$!
    wait_until [ -s "$work/display" ] || fail 'no screen'
    DISPLAY=:$(cat "$work/display")
    export DISPLAY
}

# start_office OPTION...: profile and pipe are new: a LibreOffice that finds its
# predecessor's, which may not be gone yet, would leave the work to that.
start_office() {
    stop_office
    starts=$((starts + 1))
    pipe=jpki-$$-$starts
    # No function: $! would be a shell's, and not the group's.
    HOME=$work MOZILLA_CERTIFICATE_FOLDER=sql:$work/.pki/nssdb \
        LD_LIBRARY_PATH=$JPKI_VCARD_LIB JPKI_VCARD=$card \
        setsid soffice --norestore --nologo --nodefault \
        "-env:UserInstallation=file://$work/profile-$starts" \
        "--accept=pipe,name=$pipe;urp;" "$@" >"$work/office" 2>&1 &
    office=$!
}

# script ARGS...: libreoffice.py, for seven minutes at most: a busy machine starts it slowly.
script() {
    timeout 420 "$python" "$here/libreoffice.py" "$pipe" "$@" >"$work/output" 2>&1
}

# say_prompts: how many, at the end of the output.
say_prompts() {
    echo "asked $(grep -cx asked "$work/output" || true) times" >>"$work/output"
}

# export_pdf LOGIN-PIN [SIGNATURE-PIN]: fails where the PDF is not signed.
export_pdf() {
    rm -f "$work/out.pdf"
    start_office --headless
    script pdf "$work/out.pdf" "$@" || fail 'the export does not end'
    say_prompts
    cp "$work/output" "$work/said"
    is_signed
}

# pdf PIN: for the log-in and the signature.
pdf() {
    outcome=0
    export_pdf "$1" "$1" || outcome=1
    cp "$work/said" "$work/output"
    return $outcome
}

# is_signed_odf: $work/out.odt has a signature, which is in $work/odf.
is_signed_odf() {
    rm -rf "$work/odf"
    "$python" -m zipfile -e "$work/out.odt" "$work/odf" || fail 'no document'
    grep -q '<SignatureValue[^>]*>[A-Za-z0-9+/]' \
        "$work/odf/META-INF/documentsignatures.xml" 2>/dev/null
}

# odf PIN: for the log-in and the signature.
odf() {
    rm -f "$work/out.odt"
    start_office --headless
    script odf "$work/out.odt" "$1" "$1" || fail 'the signature does not end'
    say_prompts
    is_signed_odf
}

# check_odf: xmlsec1 finds the signature valid, and what it is over unchanged.
check_odf() {
    cp "$work/odf/META-INF/documentsignatures.xml" "$work/odf"
    (cd "$work/odf" && xmlsec1 --verify --trusted-pem "$work/ca.pem" \
        --id-attr:Id SignatureProperty documentsignatures.xml) \
        >"$work/output" 2>&1 || fail 'not valid for xmlsec1'
    grep -q '<Reference URI="content.xml"' "$work/odf/documentsignatures.xml" ||
        fail 'not over the content'
}

# LibreOffice 25 takes the log-in's password for the signature.
case $(HOME=$work soffice --version) in
'LibreOffice 7.'*) odf_asks=2 ;;
*) odf_asks=1 ;;
esac

check_headless() {
    check_right pdf 2 1 'asked 1 times'
    check_refusals pdf 'asked 2 times' 'asked 0 times'
    check_right odf 2 1 "asked $odf_asks times"
    check_odf
    for pin in WRONG11 1234 ''; do
        insert adult
        new_ledger
        ! export_pdf ABC123 ${pin:+"$pin"} || fail "signed, with: ${pin:-no PIN}"
        expect_signing_commands 0
        expect_sent_pins 1 ABC123
    done
}

# next_window NAME: waits for one other than $window, and makes it $window.
next_window() {
    last=$window
    for _ in $(seq 3000); do
        window=$(xdotool search --onlyvisible --name "$1" 2>/dev/null |
            grep -vxF "$last" | tail -n 1 || true)
        [ -z "$window" ] || break
        sleep 0.1
    done
    [ -n "$window" ] || {
        cat "$work/office"
        fail "no window: $1"
    }
    xdotool windowfocus --sync "$window"
}

# reads_prompt: whether $window asks for the signing token, as a person reads it.
reads_prompt() {
    import -window "$window" -colorspace Gray -resize 250% "$work/window.png"
    tesseract "$work/window.png" - --psm 6 >"$work/read" 2>/dev/null || true
    tr -s ' \n' ' ' <"$work/read" | grep -qE 'JPK. Sign \(6-16 chars\)'
}

# next_prompt: for the signing token; its window may not be painted at once.
next_prompt() {
    next_window 'Enter Password'
    for _ in $(seq 100); do
        ! reads_prompt || return 0
        sleep 0.1
    done
    fail "another prompt: $(cat "$work/read")"
}

type_pin() {
    next_prompt
    xdotool type "$1"
    xdotool key Return
}

cancel() {
    next_prompt
    xdotool key Escape
}

take_note() {
    next_window Warning
    xdotool key Return
}

# start_signature: with a new card. It logs in first where LibreOffice asks for the
# log-in and for the signature separately; the next dialog is the last one.
start_signature() {
    insert adult
    new_ledger
    rm -f "$work/out.odt"
    start_office
    script odf "$work/out.odt" &
    script=$!
    window=none
    [ "$odf_asks" -eq 1 ] || type_pin ABC123
}

# end_signature PINS SIGNATURES LEFT
end_signature() {
    wait "$script" || fail 'the signature does not end'
    expect_sent_pins "$1"
    expect_signing_commands "$2"
    expect_tries sign "$3"
    if is_signed_odf; then
        [ "$2" = 1 ] || fail 'the document is signed'
    else
        [ "$2" = 0 ] || fail 'the document is not signed'
    fi
}

check_dialog() {
    start_screen
    start_signature
    type_pin ABC123
    end_signature 2 1 5
    check_odf

    start_signature
    cancel
    end_signature $((odf_asks - 1)) 0 5

    start_signature
    type_pin WRONG11
    take_note
    cancel
    end_signature "$odf_asks" 0 4
}

use_key sign
read_key
install
empty_database no-module
HOME=$work on_card "$JPKI" register chromium || fail 'not registered'
check_headless
check_dialog
echo ok
