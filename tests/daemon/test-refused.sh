#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-refused.sh PROGRAM: gives it a folder and each kind of pcscd that is not
# to be had, as the program plays it. Then real ones: this system's, that asks
# polkit, which is not there, where it can; and that of the system in the folder
# $JPKI_OTHER_ROOT, which is of another version.
. "$(dirname "$0")/common.sh"
make_work
for kind in absent refuses differs; do
    mkdir "$work/$kind"
    "$1" "$work/$kind" "$kind"
done

# real FOLDER KIND: the program beside the pcscd that $PCSCD is.
real() {
    mkdir "$work/$1"
    "$here/with-pcscd.sh" "" -- \
        "$program" "$work/$1" "$2" /run/pcscd/pcscd.comm && return
    [ $? -eq 77 ] || fail "a real pcscd: $2"
}

program=$1
pcscd=${PCSCD:-/usr/sbin/pcscd}
if "$pcscd" --help 2>&1 | grep -q -e --disable-polkit; then
    JPKI_PCSCD_ASKS_POLKIT=yes
    export JPKI_PCSCD_ASKS_POLKIT
    real polkit refuses
    unset JPKI_PCSCD_ASKS_POLKIT
fi

if [ "${JPKI_OTHER_ROOT:-}" ]; then
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
    PCSCD=$work/other-pcscd
    export PCSCD
    real other differs
fi
