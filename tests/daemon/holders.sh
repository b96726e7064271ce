# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work
# Programs that hold log-ins and do what they are told ($JPKI_HOLDER, holder.c):
# sourced after common.sh, with $work set. They end with with-pcscd.sh.
: "${JPKI_HOLDER:?is not set}"

# start_holder NAME SLOT
start_holder() {
    mkfifo "$work/$1.told"
    : >"$work/$1.said" # before anybody reads it
    # Opened for both so that the pipe never ends.
    "$JPKI_HOLDER" "$2" <>"$work/$1.told" >>"$work/$1.said" 2>&1 &
}

# send NAME LINE...: tells the holder, without waiting for its answers.
send() {
    name=$1
    shift
    printf '%s\n' "$@" >"$work/$name.told"
}

# expect NAME NUMBER ANSWER...: the answer of that number is one of these.
expect() {
    name=$1
    number=$2
    shift 2
    for _ in $(seq 1200); do
        said=$(sed -n "${number}p" "$work/$name.said")
        [ -z "$said" ] || break
        sleep 0.05
    done
    for answer in "$@"; do
        [ "$said" != "$answer" ] || return 0
    done
    fail "$name said ${said:-nothing}, not $*"
}

# tell NAME LINE ANSWER...: tells the holder, whose answer is one of these.
tell() {
    answers=$(wc -l <"$work/$1.said")
    send "$1" "$2"
    name=$1
    shift 2
    expect "$name" $((answers + 1)) "$@"
}

# tries ROLE, wrong_pins ROLE: the role is 1 for auth, 2 for sign.
tries() {
    ledger tries | cut -d , -f "$1"
}

wrong_pins() {
    ledger wrong | cut -d , -f "$1"
}
