# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # for those that source this
# use_arch ARCHITECTURE: what a Debian architecture is called by others: $triplet
# of its libraries, $compiler, $cpu and $order (Meson's words), $machine in the ELF
# header in hexadecimal, $qemu, and $loader, its dynamic linker.
use_arch() {
    case $1 in
    i386) set -- i386 i686 x86 01 little 03 i386 ld-linux.so.2 ;;
    arm64) set -- aarch64 aarch64 aarch64 02 little b7 aarch64 ld-linux-aarch64.so.1 ;;
    s390x) set -- s390x s390x s390x 02 big 16 s390x ld64.so.1 ;;
    *)
        echo "arch.sh: no such architecture: $1" >&2
        return 2
        ;;
    esac
    triplet=$1-linux-gnu
    compiler=$2-linux-gnu-gcc
    cpu=$3
    class=$4
    order=$5
    machine=$6
    qemu=/usr/bin/qemu-$7
    loader=/lib/$8
}
