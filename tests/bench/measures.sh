# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # run.sh sets what is not set here
# The measures, one function for each part of run.sh.

# batches WHAT AUTH SIGN AUTH SIGN: of $small and $large signatures, with what
# each may take of OpenSC's time.
batches() {
    pair "$1$small signatures, auth" "$2" sign 0 "$small"
    pair "$1$small signatures, sign" "$3" sign 1 "$small"
    pair "$1$large signatures, auth" "$4" sign 0 "$large"
    pair "$1$large signatures, sign" "$5" sign 1 "$large"
}

# Load, list, signatures of six commands; in both ways.
measure_pairs() {
    link=$slow_link
    pair load 0.05 load
    pair list '' list
    pair 'first signature, auth' 0.48 sign 0 1
    pair 'first signature, sign' 0.65 sign 1 1
    batches '' 1.03 0.98 1.09 1.03
}

# The same batches on a card on which five commands are enough, because the query
# of the retry counter selects the PIN.
measure_five() {
    persona=quirk-query-selects
    fresh_card
    link=$slow_link
    batches '5 commands: ' 1.00 0.95 1.06 1.00
    persona=adult
    fresh_card
}

# lossy_series MODULE SLOT LOSS: the most that failed in one run of all seeds,
# to $most; what the ledgers had to complain of is added to $work/over.
lossy_series() {
    most=0
    for seed in $(seq "$seeds"); do
        fresh_card
        line=$(client "$1" lossy "$2" "$signatures" "$3 $seed")
        failed=$(echo "$line" | value failed)
        # A program that could not log in again.
        [ -n "$failed" ] || failed=$signatures
        [ "$failed" -le "$most" ] || most=$failed
        [ "$1" != "$ours" ] || echo "$line" >>"$work/over"
    done
}

# one_shots MODULE LOSS: how many of $programs programs that sign once got their
# signature, to $good.
one_shots() {
    good=0
    for seed in $(seq "$programs"); do
        fresh_card
        loss="$2 $seed"
        line=$(client "$1" sign 0 1)
        loss=
        [ -z "$(echo "$line" | value seconds)" ] || good=$((good + 1))
        # One VERIFY for the log-in, one for the signature, one for each loss.
        [ "$1" != "$ours" ] || echo "$line over=$(calculate \
            "$(echo "$line" | value verifies) - 2 - $(echo "$line" | value lost)")" >>"$work/over"
    done
}

measure_lossy() {
    link='0 0 0'
    : >"$work/over"
    for rate in 10:0 20:1 50:4; do
        percent=$((${rate%:*} / 10))
        for when in before after; do
            for slot in 0 1; do
                lossy_series "$ours" $slot "${rate%:*} $when"
                a=$most
                lossy_series "$theirs" $slot "${rate%:*} $when"
                limit=$((most + 1))
                [ $limit -le "${rate#*:}" ] || limit=${rate#*:}
                row "$percent % lost $when, slot $slot: failed of $signatures, worst of seeds 1 to $seeds" \
                    "$a" "$most" - "<= $limit" "$a" '<=' "$limit"
            done
            one_shots "$ours" "${rate%:*} $when"
            a=$good
            one_shots "$theirs" "${rate%:*} $when"
            row "$percent % lost $when: programs of $programs that got one signature, seeds 1 to $programs" \
                "$a" "$good" - ">= $good" "$a" '>=' "$good"
        done
    done
    over=$(value over <"$work/over" | awk '$1 > 0 { n += $1 } END { print n + 0 }')
    wrong=$(value wrong <"$work/over" | awk '{ n += $1 } END { print n + 0 }')
    row 'VERIFYs beyond the rules, all of these' "$over" '' - '0' "$over" '<=' 0
    row 'wrong PINs sent, all of these' "$wrong" '' - '0' "$wrong" '<=' 0
}

# share MODULE N: N programs that sign on the auth slot for $span seconds; sets
# $signed (all), $least (the smallest share, %), $longest, $middle, $pauses (%).
share() {
    rm -f "$work"/share.*
    from=$(($(date +%s) + $2 * 4 + 2))
    processes=
    for number in $(seq "$2"); do
        client "$1" share 0 "$from" $((from + span)) >"$work/share.$number" &
        processes="$processes $!"
    done
    for process in $processes; do
        wait "$process"
    done
    cat "$work"/share.* >"$work/shares"
    signed=$(value signatures <"$work/shares" | awk '{ n += $1 } END { print n + 0 }')
    least=$(value signatures <"$work/shares" | sort -n | head -n 1)
    least=$(calculate "100 * ${least:-0} / $signed")
    longest=$(value longest <"$work/shares" | sort -g | tail -n 1)
    middle=$(value median <"$work/shares" | sort -g | head -n 1)
    pauses=$(calculate "100 * $(value pauses <"$work/shares" | head -n 1)")
    [ "$(wc -l <"$work/shares")" = "$2" ] || least=0
}

measure_shares() {
    link=$slow_link
    share "$ours" 1
    a=$pauses a_signed=$signed a_alone=$middle
    share "$theirs" 1
    row "one program, $span s: time not spent on signatures, %" "$a" "$pauses" - \
        '<= 2' "$a" '<=' 2
    row "one program, $span s: signatures" "$a_signed" "$signed" \
        "$(ratio "$a_signed" "$signed")"
    alone=$middle
    for count in 2 3; do
        share "$ours" $count
        a=$(calculate "$longest - $a_alone") a_signed=$signed a_least=$least
        share "$theirs" $count
        longest=$(calculate "$longest - $alone")
        row "$count programs, $span s: longest wait, s" "$a" "$longest" \
            "$(ratio "$a" "$longest")" '<= 2.0' "$a" '<=' 2.0
        row "$count programs, $span s: smallest share, %" "$a_least" "$least" - \
            '>= 25' "$a_least" '>=' 25
        row "$count programs, $span s: signatures of all" "$a_signed" "$signed" \
            "$(ratio "$a_signed" "$signed")"
    done
}

# fresh_programs MODULE: how many of $resets fail, and with CKR_DEVICE_ERROR.
fresh_programs() {
    failed=0 device=0
    # OpenSC's module may wait for ever here.
    patience=20
    for _ in $(seq "$resets"); do
        line=$(client "$1" sign 0 1)
        [ -n "$(echo "$line" | value seconds)" ] || failed=$((failed + 1))
        [ "$(echo "$line" | value error)" != 00000030 ] || device=$((device + 1))
    done
    patience=600
}

# Beside a program that resets the card, with a power-up of 100 ms.
measure_resets() {
    echo 'power-up 100' >"$JPKI_VCARD_CTL0"
    "$build/tests/bench/bench-resets" "$JPKI_READER0" 100 >"$work/resets" &
    resetting=$!
    until [ -s "$work/resets" ]; do
        sleep 0.1
    done
    fresh_programs "$ours"
    a=$failed a_device=$device
    fresh_programs "$theirs"
    kill "$resetting"
    wait "$resetting" 2>"$work/noise" || true
    echo 'power-up 0' >"$JPKI_VCARD_CTL0"
    row "beside resets: programs of $resets that failed" "$a" "$failed" -
    row 'beside resets: with CKR_DEVICE_ERROR' "$a_device" "$device" - \
        '0' "$a_device" '<=' 0
}

measure_threads() {
    link=$slow_link
    for count in 1 2 4 8 16; do
        mine=$(client "$ours" threads 0 $count "$each")
        other=$(client "$theirs" threads 0 $count "$each")
        a=$(echo "$mine" | value unfair)
        b=$(echo "$other" | value unfair)
        what="$count threads, $each signatures each: longest by fair share"
        if [ $count = 16 ]; then
            row "$what" "$a" "$b" "$(ratio "$a" "$b")" '<= 1.3' "$a" '<=' 1.3
        else
            row "$what" "$a" "$b" "$(ratio "$a" "$b")"
        fi
    done
}

measure_readers() {
    link=$slow_link
    cards=
    for count in 1 2 3 4 5 6 7 8; do
        sh "$top/tests/vcard/persona-copy.sh" adult "$work/reader$count"
        cards="$cards${cards:+;}$work/reader$count"
        case $count in
        3 | 5 | 6 | 7) continue ;;
        esac
        a=$(client "$ours" readers $count "$each" | value rate)
        b=$(client "$theirs" readers $count "$each" | value rate)
        row "$count readers at once: signatures a second" "$a" "$b" \
            "$(ratio "$a" "$b")"
    done
    rm -rf "$work"/reader?
    fresh_card
}

# instructions MODULE SLOT: of one signature without what happens in PC/SC calls,
# to $own, and of the RSA verification in it, to $verification; both in thousands.
instructions() {
    # shellcheck disable=SC2016 # for awk
    LD_LIBRARY_PATH=$build/tests/vcard/lib JPKI_VCARD=$cards valgrind -q \
        --tool=callgrind --callgrind-out-file="$work/callgrind" \
        --collect-atstart=no --toggle-collect=client_sign \
        "$build/tests/bench/bench-client" "$1" own "$2" "$counted" \
        >>"$work/errors" 2>&1 || true
    callgrind_annotate --inclusive=yes --threshold=100 "$work/callgrind" 2>/dev/null |
        awk -v n="$counted" '
            { count = $1; gsub(",", "", count) }
            / client_sign |:client_sign / && !all { all = count }
            /:SCard[A-Za-z]+ / { card += count }
            /:EVP_PKEY_verify / { verify = count }
            END {
                printf "own=%.0f verification=%.0f\n", (all - card) / n / 1000,
                    verify / n / 1000
            }' >"$work/instructions"
    own=$(value own <"$work/instructions")
    verification=$(value verification <"$work/instructions")
}

measure_own() {
    for slot in 0 1; do
        fresh_card
        instructions "$ours" $slot
        a=$own a_verification=$verification
        instructions "$theirs" $slot
        r=$(ratio "$a" "$a_verification")
        row "a signature in slot $slot, card excluded, thousand instructions" \
            "$a" "$own" "$(ratio "$a" "$own")"
        row "the same by the RSA verification in it ($a_verification)" "$r" - - \
            '<= 1.25' "$r" '<=' 1.25
    done
}

measure_memory() {
    a=$(client "$ours" memory | value kib)
    b=$(client "$theirs" memory | value kib)
    row 'peak of a program that lists, logs in, signs, KiB' "$a" "$b" \
        "$(ratio "$a" "$b")" '<= OpenSC' "$a" '<=' "$b"
}

measure_sessions() {
    link='0 0 0'
    mine=$(client "$ours" sessions "$sessions")
    other=$(client "$theirs" sessions "$sessions")
    a=$(echo "$mine" | value seconds)
    b=$(echo "$other" | value seconds)
    row "$sessions sessions opened, closed in any order, s" "$a" "$b" \
        "$(ratio "$a" "$b")" '<= 0.5' "$a" '<=' 0.5
    a=$(echo "$mine" | value asked)
    b=$(echo "$other" | value asked)
    row 'C_GetSessionInfo among them, us' "$a" "$b" "$(ratio "$a" "$b")" \
        '<= 1' "$a" '<=' 1
}
