#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# enter.sh SOURCE TREE ARCHITECTURE COMMAND...
#
# Runs a command as root of a tree, in namespaces of its own that end with it,
# with SOURCE at /source, which it cannot change, and /build for its builds. For
# an ARCHITECTURE other than "-" programs of it run there: by this machine, or by
# QEMU's user mode, of which only a user namespace of the tree's own is told
# (Linux 6.7), so that the rest of the machine is left alone. Exit 77, with the
# reason, where they do not run. $JPKI_OTHER_ROOT, the root of another system, is at
# /other.
set -eu
. "$(dirname "$0")/arch.sh"

source=$1
tree=$2
arch=$3
[ "$arch" = - ] || use_arch "$arch"

# binfmt_line: the line for binfmt_misc that has programs of $arch run by $qemu.
binfmt_line() {
    case $order in
    little) head="\\x$class\\x01" type="\\x02\\x00\\x$machine\\x00" mask='\xfe\xff' ;;
    big) head="\\x$class\\x02" type="\\x00\\x02\\x00\\x$machine" mask='\xff\xfe' ;;
    esac
    zeros='\x00\x00\x00\x00\x00\x00\x00\x00'
    any='\xff\xff\xff\xff\xff\xff\xff'
    printf '%s' ":jpki-$arch:M::\\x7fELF$head\\x01\\x00$zeros$type:" \
        "$any\\x00$any\\xff$mask\\xff\\xff:$qemu:F"
}

cannot_run() {
    echo "enter.sh: programs of $arch do not run here" >&2
    exit 77
}

# with_own_users COMMAND...: in a user namespace that has all users.
with_own_users() {
    told=$(mktemp -d)
    mkfifo "$told/ready" "$told/go"
    unshare -U sh -c 'echo >"$0/ready"; read -r _ <"$0/go"; exec "$@"' \
        "$told" "$@" &
    child=$!
    # It has SIGINT ignored, as what runs in the background has.
    trap 'kill "$child" 2>/dev/null || true; rm -rf "$told"' EXIT
    trap 'exit 130' INT TERM
    read -r _ <"$told/ready"
    echo '0 0 65536' >"/proc/$child/uid_map" || cannot_run
    echo '0 0 65536' >"/proc/$child/gid_map" || cannot_run
    echo >"$told/go"
    status=0
    wait "$child" || status=$?
    trap - EXIT
    rm -rf "$told"
    return "$status"
}

runs_arch() {
    [ "$arch" = - ] || chroot "$tree" "$loader" --version >/dev/null 2>&1
}

# In the namespaces. The tree is a mount of its own, so that it can be the root of
# other namespaces.
inside() {
    mount --bind "$tree" "$tree"
    mkdir -p "$tree/source" "$tree/build"
    mount --bind "$source" "$tree/source"
    mount -o remount,bind,ro "$tree/source"
    mount -t proc proc "$tree/proc"
    mount --rbind /dev "$tree/dev"
    mount -t tmpfs tmpfs "$tree/run"
    mount -t tmpfs -o mode=1777 tmpfs "$tree/tmp"
    if [ "${JPKI_OTHER_ROOT:-}" ]; then
        mkdir -p "$tree/other"
        mount --bind "$JPKI_OTHER_ROOT" "$tree/other"
    fi
    if ! runs_arch; then
        registry=$tree/proc/sys/fs/binfmt_misc
        mount -t binfmt_misc binfmt_misc "$registry" || cannot_run
        chroot "$tree" sh -c 'printf %s "$1" >/proc/sys/fs/binfmt_misc/register' \
            sh "$(binfmt_line)" || cannot_run
    fi
    runs_arch || cannot_run
    cat /etc/resolv.conf >"$tree/etc/resolv.conf" || true
    shift 3
    exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 JPKI_BUILD_DIR=/build/plain DEBIAN_FRONTEND=noninteractive \
        ${JPKI_OTHER_ROOT:+JPKI_OTHER_ROOT=/other} JPKI_CROSS="$arch" ${CI:+CI="$CI"} \
        ${http_proxy:+http_proxy="$http_proxy"} \
        ${https_proxy:+https_proxy="$https_proxy"} \
        no_proxy="localhost,127.0.0.1${no_proxy:+,$no_proxy}" \
        ${JPKI_PATIENCE:+JPKI_PATIENCE="$JPKI_PATIENCE"} "$@"
}

if [ "${JPKI_ENTERED:-}" ]; then
    inside "$@"
fi
JPKI_ENTERED=1
export JPKI_ENTERED
set -- unshare -m -p --fork --kill-child --propagation private "$0" "$@"
if runs_arch; then
    exec "$@"
fi
unshare -U true 2>/dev/null || cannot_run
with_own_users "$@"
