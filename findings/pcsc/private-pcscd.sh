# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by the findings about pcscd: with_pcscd runs the Python program on its
# standard input, which uses pcsc.py, with the packages' pcscd and libpcsclite in
# namespaces of their own.
set -eu

pcsc_folder=$(cd "$(dirname "$0")/pcsc" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

with_pcscd() {
    apt-get -q download pcscd=1.9.9-2 libpcsclite1=1.9.9-2 \
        vsmartcard-vpcd=3.3+dfsg-2 libpolkit-gobject-1-0=122-3 \
        libglib2.0-0=2.74.6-2+deb12u9 >log 2>&1 || {
        echo "the packages cannot be had here:"
        cat log
        exit 77
    }
    for package in *.deb; do
        dpkg-deb -x "$package" root
    done
    unshare -m -n -p --fork true 2>log || {
        echo "no namespaces here:"
        cat log
        exit 77
    }
    cat >program.py
    cp "$pcsc_folder/pcsc.py" .
    driver=$(find "$work/root" -name libifdvpcd.so)
    # shellcheck disable=SC2016 # expanded by the inner shell
    LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu \
        unshare -m -n -p --fork --kill-child sh -c \
        'mount -t tmpfs tmpfs /run && exec python3 program.py "$@"' \
        sh "$work/root/usr/sbin/pcscd" "$driver"
}
