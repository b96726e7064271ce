# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Trees of other releases, which debootstrap makes in the folder $JPKI_TREES
# (default: ~/.cache/jpki-pkcs11/trees) and which are kept there. Who sources this
# has a folder $work while it runs, and the top of the source in $top.
top=$(cd "$(dirname "$0")/../.." && pwd)
trees=${JPKI_TREES:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/jpki-pkcs11/trees}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Why no tree at all can be had here.
why_none() {
    if [ "$(id -u)" -ne 0 ]; then
        echo 'needs root'
    elif ! command -v debootstrap >/dev/null; then
        echo 'no debootstrap'
    elif ! unshare -m -p --fork --mount-proc true 2>/dev/null; then
        echo 'no namespaces here'
    fi
}

# make_base RELEASE: what debootstrap makes, in $trees/base-RELEASE. A mirror that
# is behind the times will do: sid's lists are out of date after a week.
make_base() {
    base=$trees/base-$1
    [ ! -e "$base" ] || return 0
    rm -rf "$base.new"
    debootstrap --variant=minbase "$1" "$base.new" >"$work/debootstrap.log" 2>&1 || {
        tail -n 20 "$work/debootstrap.log"
        return 1
    }
    echo 'Acquire::Check-Valid-Until "false";' >"$base.new/etc/apt/apt.conf.d/90trees"
    mv "$base.new" "$base"
}

# make_tree NAME RELEASE
make_tree() {
    make_base "$2" || return
    [ ! -e "$trees/$1" ] || return 0
    rm -rf "$trees/$1.new"
    cp -a "$trees/base-$2" "$trees/$1.new"
    mv "$trees/$1.new" "$trees/$1"
}

# inside TREE ARCHITECTURE COMMAND...
inside() {
    tree=$trees/$1
    arch=$2
    shift 2
    "$top/tests/trees/enter.sh" "$top" "$tree" "$arch" "$@"
}
