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
        read -r answer <"$ANSWERS"
        sed -i 1d "$ANSWERS"
        case $answer in
        ERR*)
            sleep 0.3 # as long as a person takes at least
            echo "$answer"
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
dialog 1 ABC123 2468 -- check sign
says 'was given other data after'
asks 'SETTITLE jpki'
asks 'SETDESC Tries left: 5 of 5.'
asks 'SETPROMPT password of the signing certificate'
asks 'Tries left: 3 of 3.%0A'
expect_sent_pins 1 ABC123
expect_sent_pins 1 2468
in_japanese
dialog 0 ABC123 '' -- check sign
asks 'OPTION lc-ctype=ja_JP.UTF-8'
asks '残り回数: 5 回'
says '照合を行いませんでした'
in_english
expect_sent_pins 3

# Cancelled, and two ways in which nobody was asked.
new_ledger
dialog 1 'ERR 83886179 Operation cancelled' -- pin check auth
says 'Cancelled: nothing was sent to the card.'
dialog 1 'ERR 83886246 Inappropriate ioctl for device' -- pin check auth
says 'neither a terminal to ask for the PIN on nor a pinentry'
printf '#!/bin/sh\nexit 1\n' >"$work/bin/pinentry"
dialog 1 -- pin check auth
says 'neither a terminal to ask for the PIN on nor a pinentry'
rm "$work/bin/pinentry"
expect_sent_pins 0
echo ok
