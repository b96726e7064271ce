#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-refused.sh PROGRAM KIND: gives it a folder and a kind of pcscd that is not
# to be had, as the program plays it. Of "real-refuses" and "real-differs" it has a
# real one: this system's, that asks polkit, which is not there; and that of the
# system in the folder $JPKI_OTHER_ROOT, which is of another version: libpcsclite
# before 2.5 does not talk to that, a later one takes its minor number. Exit 77 where
# that is not to be had.
. "$(dirname "$0")/common.sh"
make_work
program=$1
kind=${2#real-}

skip() {
    echo "skipped: $*"
    exit 77
}

# real_one: the program beside the pcscd that $PCSCD is.
real_one() {
    "$here/with-pcscd.sh" "" -- "$program" "$work" "$kind" /run/pcscd/pcscd.comm
}

case $2 in
real-refuses)
    "${PCSCD:=/usr/sbin/pcscd}" --help 2>&1 | grep -q -e --disable-polkit ||
        skip 'this pcscd does not ask polkit'
    JPKI_PCSCD_ASKS_POLKIT=yes
    export JPKI_PCSCD_ASKS_POLKIT
    real_one
    ;;
real-differs)
    [ "${JPKI_OTHER_ROOT:-}" ] || skip 'no pcscd of another version: $JPKI_OTHER_ROOT'
    cat >"$work/other-pcscd" <<'END'
#!/bin/sh
[ "$1" = --help ] || mount --bind /run "$JPKI_OTHER_ROOT/run"
case $* in
*--disable-polkit*) set -- --foreground --disable-polkit ;;
*--foreground*) set -- --foreground ;;
esac
exec chroot "$JPKI_OTHER_ROOT" /usr/sbin/pcscd "$@"
END
    chmod +x "$work/other-pcscd"
    ! pkg-config --atleast-version=2.5 libpcsclite || kind=older
    PCSCD=$work/other-pcscd
    export PCSCD
    real_one
    ;;
*) "$program" "$work" "$kind" ;;
esac
