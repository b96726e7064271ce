#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trees.sh [TREE[:PART,PART...]]...
#
# Makes bare trees of other releases and architectures with debootstrap, in the
# folder $JPKI_TREES (default: ~/.cache/jpki-pkcs11/trees), runs tests/run.sh in
# each, and prints a table and the sums. A tree is kept, with its packages and its
# build; remove its folder to have a new one. What cannot be had here is skipped,
# with the reason.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
. "$here/../sums.sh"

# Name, release, architecture where it is not this machine's, parts. s390x is of sid:
# mirrors do not have all of Debian 13's last point release for it.
rows='debian12 bookworm - default,clients-all,daemon
debian13 trixie - default,clients-all,daemon
sid sid - default,clients,daemon
i386 trixie i386 cross,cross-clients
arm64 trixie arm64 cross
s390x sid s390x cross'

# What tests/run.sh may be asked for in a tree.
known_parts='default clients clients-all browsers browsers-core daemon sanitize threads
valgrind sweep replant coverage scale cross cross-clients'

table=$work/table

# row FORMAT-ARGUMENT...: a line of the table.
row() {
    printf '%-9s %-12s %-20s %-12s %-10s %-12s %-14s %s\n' "$@" >>"$table"
}

# nothing_ran TREE RESULT REASON
nothing_ran() {
    echo "trees.sh: $2 $1: $3"
    row "$1" - - - - - "$2" "$3"
}

# skip TREE REASON: what this machine lacks.
skip() {
    nothing_ran "$1" skipped "$2"
    skipped=$((skipped + 1))
}

# fail TREE REASON: anything else.
fail() {
    nothing_ran "$1" failed "$2"
    failed=$((failed + 1))
}

# version TREE PACKAGE: without epoch and what is Debian's. "/" is this system.
version() {
    root=$trees/$1
    [ "$1" != / ] || root=/
    found=$(chroot "$root" dpkg-query -W -f '${Version} ${db:Status-Status}\n' "$2" \
        2>/dev/null | sed -n 's/ installed$//p' | head -n 1 |
        sed -e 's/^[0-9]*://' -e 's/[-+~].*//')
    echo "${found:--}"
}

# install_daemon TREE
install_daemon() {
    inside "$1" - sh /source/packaging/install-deps.sh daemon >"$work/log" 2>&1
}

# other_root TREE: the root of a system whose pcscd has another protocol than the
# tree's, as 1 and 2 have; libpcsclite 2.5 and later knows both. It is this system,
# or a tree, which is made where it is not there. Installs the tree's pcscd.
other_root() {
    install_daemon "$1" || return 0
    own=$(version "$1" pcscd)
    for other in /:- debian12:bookworm debian13:trixie; do
        root=/
        if [ "$other" != /:- ]; then
            make_tree "${other%:*}" "${other#*:}" >&2 || continue
            install_daemon "${other%:*}" || continue
            root=$trees/${other%:*}
        fi
        has=$(version "${other%:*}" pcscd)
        if [ "$has" != - ] && [ "${has%%.*}" != "${own%%.*}" ]; then
            echo "$root"
            return
        fi
    done
}

# count RESULT SUITE: of the tests that meson ran last in $results. Their names are
# "PROJECT:SUITE / NAME", or "SUITE - PROJECT:NAME" by Meson 1.12.
count() {
    grep -E "\"name\": \"(jpki-pkcs11:)?$2[ +]" "$results" | grep -cE "\"result\": \"($1)\"" || true
}

# suite_counts: "unit 70/0/0 ..." of $results, passed/failed/skipped.
suite_counts() {
    for suite in unit module tool lint client client-all daemon; do
        all=$(count '[A-Z]*' "$suite")
        [ "$all" -gt 0 ] || continue
        ok=$(count 'OK|EXPECTEDFAIL' "$suite")
        left_out=$(count SKIP "$suite")
        printf '%s %d/%d/%d ' "$suite" "$ok" $((all - ok - left_out)) "$left_out"
    done
}

# run_part TREE ARCHITECTURE PART: adds what it says of its suites to $said.
run_part() {
    part=$3
    results=$trees/$1/build/plain/meson-logs/testlog.json
    rm -f "$results"
    other=
    [ "$part" != daemon ] || other=$(other_root "$1")
    [ -z "$other" ] || other=$(cd "$other" && pwd -P)
    echo "== $1: tests/run.sh $part"
    JPKI_OTHER_ROOT=$other
    export JPKI_OTHER_ROOT
    log=$trees/$1.$part.log
    inside "$1" "$2" sh /source/tests/run.sh "$part" >"$log" 2>&1 || true
    JPKI_OTHER_ROOT=
    grep -E '^ *[0-9]+/[0-9]+ .*(FAIL|TIMEOUT|SKIP)|^skipped' "$log" || true
    tail -n 1 "$log"
    [ ! -s "$results" ] || said="$said$(suite_counts)"
    case $part in
    clients | clients-all)
        if grep -qx 'demo: OK' "$log"; then
            said="${said}demo 1/0/0 "
        else
            said="${said}demo 0/1/0 "
        fi
        ;;
    esac
    take_sums "$log" || said="${said}${part} broke "
}

# prepare_cross TREE ARCHITECTURE: what makes and runs programs of it.
prepare_cross() {
    inside "$1" - sh -c 'dpkg --add-architecture "$1" && apt-get -qq update &&
        JPKI_CROSS=$1 sh /source/packaging/install-deps.sh cross' sh "$2" \
        >"$work/log" 2>&1 || {
        tail -n 20 "$work/log"
        return 1
    }
}

# run_tree NAME RELEASE ARCHITECTURE PARTS
run_tree() {
    make_tree "$1" "$2" || {
        skip "$1" "debootstrap cannot make $2"
        return 0
    }
    [ "$3" = - ] || prepare_cross "$1" "$3" || {
        fail "$1" "no cross compiler or libraries for $3"
        return 0
    }
    status=0
    inside "$1" "$3" true || status=$?
    case $status in
    0) ;;
    77)
        skip "$1" "programs of $3 do not run here"
        return 0
        ;;
    *)
        fail "$1" 'nothing runs in it'
        return 0
        ;;
    esac
    said=
    for part in $(echo "$4" | tr , ' '); do
        run_part "$1" "$3" "$part"
    done
    of=
    [ "$3" = - ] || of=:$3
    row "$1" "gcc $(version "$1" gcc)" "OpenSSL $(version "$1" "libssl-dev$of")" \
        "$(version "$1" "libp11-kit-dev$of")" "$(version "$1" pcscd)" \
        "$(version "$1" "opensc$of")" '' "$said"
}

# parts_of NAME PARTS ASKED...: the parts asked for of that tree, if any.
parts_of() {
    name=$1
    usual=$2
    shift 2
    [ $# -gt 0 ] || echo "$usual"
    for one in "$@"; do
        case $one in
        "$name") echo "$usual" ;;
        "$name":*) echo "${one#*:}" ;;
        esac
    done
}

# refuse WHAT NAME: ends the run.
refuse() {
    echo "trees.sh: no such $1: $2" >&2
    exit 2
}

# check_asked TREE[:PART,PART...]: that there are such a tree and such parts.
check_asked() {
    name=${1%%:*}
    echo "$rows" | cut -d ' ' -f 1 | grep -qxF -e "$name" || refuse tree "$name"
    [ "$1" != "$name" ] || return 0
    asked=$(echo "${1#*:}" | tr , ' ')
    [ "${asked%%[! ]*}" != "$asked" ] || refuse part "'${1#*:}'"
    for part in $asked; do
        echo "$known_parts" | tr ' ' '\n' | grep -qxF -e "$part" || refuse part "$part"
    done
}

for one in "$@"; do
    check_asked "$one"
done
row tree compiler OpenSSL p11-kit pcscd OpenSC '' 'suites passed/failed/skipped'
none=$(why_none)
mkdir -p "$trees"
echo "$rows" >"$work/rows"
while read -r name release arch usual <&3; do
    parts=$(parts_of "$name" "$usual" "$@")
    if [ -z "$parts" ]; then
        continue
    elif [ "$none" ]; then
        skip "$name" "$none"
    else
        run_tree "$name" "$release" "$arch" "$parts"
    fi
done 3<"$work/rows"
echo
cat "$table"
echo
print_sums
