#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-kill.sh PERSONA: kill -9 of the module's process at $JPKI_KILLS random
# moments of log-in and signing. Measures, by the card's own ledger, how often
# that left the card open and for how long; whether another program that was
# connected all the while could sign; and how wide the window is in a life
# without kills. No try may be lost, and the next program must find a card that
# works.
. "$(dirname "$0")/common.sh"
beside_pcscd "$1" "$@"

kills=${JPKI_KILLS:-7}
signing_ms=100
: "${JPKI_SIGNER:?is not set}" "${JPKI_OBSERVER:?is not set}"

# The ledger's lines are time, process, what happened, and at the end of it, or
# before a PIN, the letters of those that are verified: "--" is a locked card.
# windows: the milliseconds of each stretch in which it was open, and those of its
# signing command.
windows() {
    awk '
        { now = $1; flags = $3 ~ /^power|^warm/ ? $4 : $10 }
        flags != "--" && !open { since = now; open = 1 }
        open && $3 == "2A" && $9 == "9000" { signing = now - before }
        flags == "--" && open {
            open = 0
            if (signing)
                printf "%.1f %.1f\n", 1000 * (now - since), 1000 * signing
            signing = 0
        }
        { before = now }' "$JPKI_VCARD_LEDGER"
}

# quantile COLUMN Q: of the lines of standard input.
quantile() {
    awk -v column="$1" '{ print $column }' | sort -n |
        awk -v q="$2" '{ a[NR] = $1 } END { print a[int((NR - 1) * q) + 1] }'
}

# left_open WHEN: for how many milliseconds the card was open after WHEN, by the
# ledger; "never" for a card that is open still, nothing for one that was locked.
left_open() {
    awk -v killed="$1" '
        { flags = $3 ~ /^power|^warm/ ? $4 : $10 }
        $1 < killed || flags != "--" { open = flags != "--" }
        $1 >= killed && open { opened = 1 }
        $1 >= killed && flags == "--" && open { end = $1; exit }
        END {
            if (end)
                printf "%.0f\n", 1000 * (end - killed)
            else if (open)
                print "never"
        }' "$JPKI_VCARD_LEDGER"
}

# kill_once SLOT: at a random moment, 30 to 830 ms after its start. What came of
# it, seen LIMIT seconds later at most, goes to $work/open.
kill_once() {
    random=$(od -An -N2 -tu2 /dev/urandom)
    "$JPKI_SIGNER" "$1" 1000 >"$work/signed" 2>&1 &
    victim=$!
    sleep "0.$(printf %03d $((30 + random % 800)))"
    kill -9 "$victim"
    killed=$(date +%s.%N)
    wait "$victim" 2>"$work/noise" || true
    for _ in $(seq $(($2 * 10))); do
        sleep 0.1 # a signing command under way ends as well
        [ "$(left_open "$killed")" = never ] || break
    done
    echo "$killed $(left_open "$killed")" >>"$work/open"
    # What is open still shall not be counted again.
    [ "$(left_open "$killed")" != never ] ||
        "$JPKI_SIGNER" "$1" 1 >"$work/signed"
}

# kill_many WHAT LIMIT COUNT
kill_many() {
    : >"$work/open"
    for number in $(seq "$3"); do
        kill_once $((number % 2)) "$2"
    done
    awk -v what="$1" '
        $2 == "never" { never++ }
        $2 { open++; if ($2 + 0 > longest) longest = $2 }
        END {
            printf "%s: of %d kills %d left the card open", what, NR, open
            if (longest)
                printf ", for %d ms at most", longest
            if (never)
                printf ", %d until others log out", never
            print ""
        }' "$work/open"
}

order "signing $signing_ms"
"$JPKI_SIGNER" 0 20 >"$work/signed"
"$JPKI_SIGNER" 1 20 >>"$work/signed"
windows >"$work/windows"
[ "$(wc -l <"$work/windows")" = 40 ] || fail 'the ledger tells another story'
echo "open in a signature: median $(quantile 1 0.5 <"$work/windows") ms," \
    "p99 $(quantile 1 0.99 <"$work/windows") ms;" \
    "the card's signing: median $(quantile 2 0.5 <"$work/windows") ms," \
    "p99 $(quantile 2 0.99 <"$work/windows") ms"

kill_many 'nobody else connected' 10 $(((kills + 1) / 2))

"$JPKI_OBSERVER" "$JPKI_READER0" >"$work/observed" &
observer=$!
kill_many 'another program connected' 1 $((kills / 2))
kill "$observer"
wait "$observer" || true
echo "another program signed $(grep -c 'answered 9000' "$work/observed" ||
    true) times"

"$JPKI_SIGNER" 0 3 >"$work/signed" || fail 'no signature afterwards'
"$JPKI_SIGNER" 1 3 >"$work/signed" || fail 'no signature afterwards'
no_try_lost
