#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# LibreOffice signs with the right PIN for the signature; with a wrong one, with
# none, or when its dialog is cancelled the card gets no signing command and the
# file no signature.
. "$(dirname "$0")/common.sh"
. "$here/nss.sh"
skip_without setsid soffice xdotool Xvfb
# The bindings are for Debian's own interpreter, whichever comes first in PATH.
python=/usr/bin/python3
"$python" -c 'import uno' 2>/dev/null || skip 'no UNO for Python'
office=
screen=
starts=0
at_exit="stop_office stop_screen"

# The whole group: soffice is a script that starts other programs.
stop_office() {
    [ -z "$office" ] || kill -KILL -- "-$office" 2>/dev/null || true
    office=
}

stop_screen() {
    [ -z "$screen" ] || kill "$screen" 2>/dev/null || true
    screen=
}

start_screen() {
    Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$work/display" \
        >"$work/screen" 2>&1 &
    screen=$!
    for _ in $(seq 100); do
        [ ! -s "$work/display" ] || break
        sleep 0.1
    done
    DISPLAY=:$(cat "$work/display")
    export DISPLAY
}

# start_office OPTION...: with a new card. Profile and pipe are new as well: a
# LibreOffice that finds its predecessor's, which may not be gone yet, would leave
# the work to that.
start_office() {
    stop_office
    starts=$((starts + 1))
    pipe=jpki-$$-$starts
    insert adult
    new_ledger
    HOME=$work MOZILLA_CERTIFICATE_FOLDER=sql:$work/db \
        with_card setsid soffice --norestore --nologo --nodefault \
        "-env:UserInstallation=file://$work/profile-$starts" \
        "--accept=pipe,name=$pipe;urp;" "$@" >"$work/office" 2>&1 &
    office=$!
}

# script ARGS...: libreoffice.py, for two minutes at most.
script() {
    timeout 120 "$python" "$here/libreoffice.py" "$pipe" "$@" >"$work/output" 2>&1
}

# export_pdf [SIGNATURE-PIN]: after a right log-in.
export_pdf() {
    rm -f "$work/out.pdf"
    start_office --headless
    script pdf "$work/out.pdf" ABC123 "$@" || fail 'the export does not end'
    [ "$(sent_pins ABC123)" -ge 1 ] || fail 'nobody has logged in'
}

check_headless() {
    export_pdf ABC123
    expect_signing_commands 1
    is_signed || fail 'the PDF is not signed'
    for pin in WRONG11 1234 ''; do
        export_pdf ${pin:+"$pin"}
        expect_signing_commands 0
        ! is_signed || fail "the PDF is signed, with: ${pin:-no PIN}"
    done
}

# next_window NAME: waits for one other than $window, and makes it $window.
next_window() {
    last=$window
    for _ in $(seq 300); do
        window=$(xdotool search --onlyvisible --name "$1" 2>/dev/null |
            grep -vxF "$last" | tail -n 1 || true)
        [ -z "$window" ] || break
        sleep 0.1
    done
    [ -n "$window" ] || fail "no window: $1"
    xdotool windowfocus --sync "$window"
}

type_pin() {
    next_window 'Enter Password'
    xdotool type "$1"
    xdotool key Return
}

cancel() {
    next_window 'Enter Password'
    xdotool key Escape
}

take_note() {
    next_window Warning
    xdotool key Return
}

# start_signature: with a right log-in. The next dialog is the signature's.
start_signature() {
    start_office
    script odf "$work/out.odt" &
    script=$!
    window=none
    type_pin ABC123
}

end_signature() {
    wait "$script" || fail 'the signature does not end'
    [ "$(sent_pins ABC123)" -ge 1 ] || fail 'nobody has logged in'
}

check_dialog() {
    start_screen
    start_signature
    type_pin ABC123
    end_signature
    expect_signing_commands 1

    start_signature
    cancel
    end_signature
    expect_signing_commands 0
    expect_tries sign 5

    start_signature
    type_pin WRONG11
    take_note
    cancel
    end_signature
    expect_signing_commands 0
    expect_tries sign 4
}

insert adult
make_database
check_headless
check_dialog
echo ok
