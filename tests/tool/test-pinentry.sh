#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Without a terminal jpki asks by pinentry, which stands in here at its own protocol.
. "$(dirname "$0")/common.sh"
mkdir "$work/bin"
cat >"$work/bin/pinentry" <<'END'
#!/bin/sh
echo 'OK at your service'
while read -r line; do
    echo "$line" >>"$DIALOG"
    case $line in
    GETPIN)
        tr '\0' '\n' <"/proc/$$/environ" >>"$DIALOG.process"
        tr '\0' '\n' <"/proc/$$/cmdline" >>"$DIALOG.process"
        ls -l "/proc/$$/fd" >>"$DIALOG.process"
        read -r answer <"$ANSWERS"
        sed -i 1d "$ANSWERS"
        case $answer in
        ERR*)
            sleep 0.3 # as long as a person takes at least
            echo "$answer"
            ;;
        crash)
            sleep 0.3
            kill -SEGV $$
            ;;
        hang)
            echo $$ >"$ANSWERS.pid"
            exec sleep 600
            ;;
        "stop "*) # the person types, and calls it off before the button
            echo "D ${answer#stop }"
            kill -TERM $PPID
            sleep 0.2
            echo OK
            ;;
        *" stop") # the person calls it off after the button
            trap '' TERM
            printf 'D %s\nOK\n' "${answer% stop}"
            sleep 0.1
            kill -TERM $PPID
            exec sleep 600
            ;;
        *)
            [ -z "$answer" ] || echo "D $answer"
            echo OK
            ;;
        esac
        ;;
    BYE)
        echo OK
        exit
        ;;
    *) echo OK ;;
    esac
done
END
chmod +x "$work/bin/pinentry"
export DIALOG="$work/dialog" ANSWERS="$work/answers"

# dialog STATUS ANSWER... -- ARGUMENT...: jpki without a terminal, where pinentry
# gives the answers; what it was told is in $work/dialog.
dialog() {
    expected=$1
    shift
    : >"$DIALOG"
    : >"$ANSWERS"
    while [ "$1" != -- ]; do
        printf '%s\n' "$1" >>"$ANSWERS"
        shift
    done
    shift
    status=0
    on_card setsid -w env PATH="$work/bin:$PATH" "$JPKI" "$@" </dev/null ||
        status=$?
    [ "$status" -eq "$expected" ] || fail "$*: exit status $status, not $expected"
}

asks() {
    grep -qF -- "$1" "$DIALOG" || fail "the dialog has not: $1"
}

insert moved
new_ledger
exec 7>"$work/seven" # as whoever starts jpki may leave it open
dialog 1 ABC123 2468 -- check sign
says 'was given other data after'
asks 'SETTITLE jpki'
asks 'SETDESC Tries left: 5 of 5.'
asks 'SETPROMPT password of the signing certificate'
asks 'Tries left: 3 of 3.%0A'
expect_sent_pins 1 ABC123
expect_sent_pins 1 2468
# By the second dialog the first PIN is known: no child is told it.
grep -q '^DIALOG=' "$DIALOG.process" || fail 'the environment was not seen'
! grep -qE 'ABC123|2468' "$DIALOG.process" "$DIALOG" || fail 'a child was told a PIN'
grep -q 'pipe:' "$DIALOG.process" || fail 'the descriptors were not seen'
! grep -qF "$work/seven" "$DIALOG.process" || fail 'a child has a file of ours'
exec 7>&-
in_japanese
dialog 0 ABC123 '' -- check sign
grep -qxE 'OPTION lc-ctype=(ja_JP|C)[.]UTF-8' "$DIALOG" || fail 'no locale of UTF-8'
asks '残り回数: 5 回'
says '照合を行いませんでした'
in_english
expect_sent_pins 3

# Called off after a PIN was typed: it is not sent, right or wrong, and the dialog does
# not stay. By the second dialog of a run signals are noted and end nothing.
insert adult
cd "$work"
echo one >one
echo two >two
conf=$JPKI_PKCS11_CONF
use_conf "$work/conf" '[pin]' 'signature_pin = every'
new_ledger
dialog 0 ABC123 -- sign one
before=$(sent_pins)
rm one.p7s
for answer in 'ABC123 stop' 'stop ABC123' 'WRONG11 stop' 'stop WRONG11'; do
    new_ledger
    dialog 1 ABC123 "$answer" -- sign one two
    says '1 of 2 are signed'
    says '  two'
    expect_sent_pins "$before" ABC123
    expect_sent_pins "$before"
    expect_tries sign 5
    rm one.p7s
done
new_ledger
for answer in 'ABC123 stop' 'stop ABC123'; do
    dialog 143 "$answer" -- sign one two
done
[ ! -e one.p7s ] || fail 'signed what was called off'
[ -z "$(find . -maxdepth 1 -name '.jpki-*')" ] || fail 'temporary files are left'
JPKI_PKCS11_CONF=$conf

# Nobody answers: the dialog goes when its time is over.
"$host_faults" && languages='english japanese' || languages=
for language in $languages; do
    in_"$language"
    JPKI_CLOCK_SPEED=30
    LD_PRELOAD=$JPKI_HOST_FAULT_LIB
    export LD_PRELOAD JPKI_CLOCK_SPEED
    dialog 1 hang -- pin check auth
    unset LD_PRELOAD JPKI_CLOCK_SPEED
    ! kill -0 "$(cat "$ANSWERS.pid")" 2>/dev/null || fail 'the dialog is still there'
    [ "$language" = english ] || says '2分以内に入力されませんでした'
    [ "$language" = japanese ] || says 'Nobody typed the PIN within two minutes'
done
in_english
expect_sent_pins 0

# A dialog for the new PIN, or for it once more, that could not be shown is no
# cancelled one.
dialog 1 1234 'ERR 83886179 cancelled' -- pin change auth
says 'Cancelled: nothing was sent'
for new in '' 1357; do
    dialog 1 1234 ${new:+"$new"} 'ERR 67109141 no display' -- pin change auth
    says 'nor a pinentry that works'
    ! grep -q Cancelled "$work/output" || fail 'nobody has cancelled'
done
expect_sent_pins 0

# Another dialog is open, by another program: a second would get its keys, or none. A
# terminal has no such trouble.
new_ledger
state=$HOME/.local/state/jpki-pkcs11
[ -e "$state/bridge-lock" ] || fail 'there is no lock'
exec 7<"$state/bridge-lock"
flock -n 7
dialog 1 1234 -- pin check auth
says 'another PIN dialog of yours is open'
in_japanese
dialog 1 1234 -- pin check auth
says '別の暗証番号の入力画面が開いています'
in_english
[ ! -s "$DIALOG" ] || fail 'there were two dialogs'
expect_sent_pins 0
! "$terminals" || types 0 1234 -- "$JPKI" pin check auth
exec 7>&-
home=$HOME
HOME=/dev/null
dialog 1 1234 -- pin check auth
says '/dev/null/.local/state/jpki-pkcs11, which could not be written'
HOME=
dialog 1 1234 -- pin check auth
says '$HOME/.local/state/jpki-pkcs11, which could not be written'
HOME=$home
[ ! -s "$DIALOG" ] || fail 'there was a dialog without a lock'
new_ledger
dialog 0 1234 -- pin check auth
expect_sent_pins 1 1234

# Cancelled, and three ways in which nobody was asked.
new_ledger
dialog 1 'ERR 83886179 Operation cancelled' -- pin check auth
says 'Cancelled: nothing was sent to the card.'
dialog 1 'ERR 83886246 Inappropriate ioctl for device' -- pin check auth
says 'neither a terminal to ask for the PIN on nor a pinentry'
dialog 1 crash -- pin check auth
says 'neither a terminal to ask for the PIN on nor a pinentry'
printf '#!/bin/sh\nexit 1\n' >"$work/bin/pinentry"
dialog 1 -- pin check auth
says 'neither a terminal to ask for the PIN on nor a pinentry'
rm "$work/bin/pinentry"
expect_sent_pins 0
echo ok
