# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # run.sh sets what is not set here
# What the measures share, sourced by run.sh.

# client MODULE ARGS...: the line of one program, nothing where it could not
# run. $way is "embedded" or "pcscd", $link what the embedded card takes, $loss
# what its reader loses. $patience is how many seconds it may take.
patience=600
client() (
    if [ "$way" = embedded ]; then
        export LD_LIBRARY_PATH="$build/tests/vcard/lib" JPKI_VCARD="$cards"
        export BENCH_LINK="$link"
        [ -z "$loss" ] || export BENCH_LOSS="$loss"
    fi
    timeout "$patience" "$build/tests/bench/bench-client" "$@" \
        2>>"$work/errors" || true
)

# value NAME: of the line on the standard input.
value() {
    tr ' ' '\n' | sed -n "s/^$1=//p"
}

# median COLUMN: of the lines of the standard input.
median() {
    awk -v column="$1" '{ print $column }' | sort -g |
        awk '{ a[NR] = $1 } END {
            if (NR) print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2
        }'
}

# calculate EXPRESSION: a number of three decimals, of numbers; else "-".
calculate() {
    awk "BEGIN { printf \"%.3f\", $1 }" 2>/dev/null || echo -
}

# row WHAT OURS OPENSC RATIO TARGET VALUE RELATION LIMIT: a line of the table;
# whether the target holds is seen from VALUE and LIMIT. Without a target the
# last four are left out.
row() {
    holds=
    if [ $# -gt 4 ]; then
        holds=$(awk -v value="$6" -v limit="$8" "BEGIN {
            known = value ~ /[0-9]/ && limit ~ /[0-9]/
            print (known && value + 0 $7 limit + 0 ? \"yes\" : \"NO\")
        }")
    fi
    printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$way" "$1" "${2:--}" \
        "${3:--}" "$4" "${5:-}" "$holds" | tee -a "$work/rows" >&2
}

# ratio A B: "-" where one of them is missing.
ratio() {
    if [ -n "$1" ] && [ -n "$2" ] && [ "$2" != 0 ]; then
        calculate "$1 / $2"
    else
        echo -
    fi
}

# pair WHAT LIMIT ARGS...: seconds of both modules, $pairs times, one after the
# other and each first as often; the ratio is the median of theirs.
pair() {
    what=$1
    limit=$2
    shift 2
    : >"$work/pair"
    for number in $(seq "$pairs"); do
        if [ $((number % 2)) = 1 ]; then
            mine=$(client "$ours" "$@")
            other=$(client "$theirs" "$@")
        else
            other=$(client "$theirs" "$@")
            mine=$(client "$ours" "$@")
        fi
        a=$(echo "$mine" | value seconds)
        b=$(echo "$other" | value seconds)
        [ -z "$a" ] || [ -z "$b" ] ||
            echo "$a $b $(ratio "$a" "$b")" >>"$work/pair"
    done
    a=$(median 1 <"$work/pair")
    b=$(median 2 <"$work/pair")
    r=$(median 3 <"$work/pair")
    if [ -n "$limit" ]; then
        row "$what, s" "$a" "$b" "$r" "ratio <= $limit" "$r" '<=' "$limit"
    else
        row "$what, s" "$a" "$b" "$r"
    fi
    [ "$way" != embedded ] || [ -z "$a" ] || {
        a=$(echo "$mine" | value commands)
        b=$(echo "$other" | value commands)
        row "$what, commands" "$a" "$b" "$(ratio "$a" "$b")"
    }
}

# fresh_card: $cards is one card as issued.
fresh_card() {
    rm -rf "$work/card"
    sh "$top/tests/vcard/persona-copy.sh" "$persona" "$work/card"
    cards=$work/card
}
