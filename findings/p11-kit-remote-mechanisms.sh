#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Through p11-kit's remoting a token loses RSA-PSS with a digest: 36 of SoftHSM's
# 70 mechanisms come through.
#
#   Software    p11-kit 0.24.1 (server and p11-kit-client.so), SoftHSM 2.6.1,
#               Debian 12
#   Input       an initialised token of SoftHSM, asked with C_GetMechanismList and
#               C_GetMechanismInfo: directly, and through "p11-kit server" and
#               p11-kit-client.so
#   Seen        CKM_SHA256_RSA_PKCS_PSS and its relatives are missing from the list
#               that comes through, and C_GetMechanismInfo answers
#               CKR_MECHANISM_INVALID for them. CKM_RSA_PKCS_PSS, which has the same
#               parameter, and CKM_SHA256_RSA_PKCS come through.
#   Expected    the token's own list; at least all mechanisms whose parameter the
#               remoting can carry, as it does for CKM_RSA_PKCS_PSS.
#   Why         A program that signs with CKM_SHA256_RSA_PKCS_PSS works with the
#               token at hand and not with the same token over the socket, and is
#               told that the token cannot. Nothing is logged about the omission.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and python3. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu

work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || :; rm -rf "$work"' EXIT
cd "$work"

apt-get -q download p11-kit=0.24.1-2 libp11-kit0=0.24.1-2 \
    p11-kit-modules=0.24.1-2 softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 \
    >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done
libraries=$work/root/usr/lib/x86_64-linux-gnu
softhsm=$libraries/softhsm/libsofthsm2.so
client=$libraries/pkcs11/p11-kit-client.so
export LD_LIBRARY_PATH="$libraries"

mkdir tokens
echo "directories.tokendir = $work/tokens" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
root/usr/bin/softhsm2-util --module "$softhsm" --init-token --free \
    --label token --so-pin 12345678 --pin 1234 >log

export P11_KIT_PRIVATEDIR="$work/root/usr/libexec/p11-kit"
"$P11_KIT_PRIVATEDIR/p11-kit-server" --foreground -n "$work/socket" \
    --provider "$softhsm" pkcs11: >log 2>&1 &
server=$!
for _ in $(seq 100); do
    [ ! -S socket ] || break
    sleep 0.1
done
export P11_KIT_SERVER_ADDRESS="unix:path=$work/socket"

cat >mechanisms.py <<'END'
import ctypes
import sys

C_INITIALIZE, C_GETSLOTLIST, C_GETMECHANISMLIST, C_GETMECHANISMINFO = 0, 4, 7, 8
MECHANISMS = {'CKM_RSA_PKCS_PSS': 0x0D, 'CKM_SHA256_RSA_PKCS': 0x40,
              'CKM_SHA256_RSA_PKCS_PSS': 0x43, 'CKM_SHA512_RSA_PKCS_PSS': 0x45}


def listed(path):
    """The mechanisms of the first token, and what is answered about each."""
    functions = ctypes.c_void_p()
    module = ctypes.CDLL(path)
    module.C_GetFunctionList(ctypes.byref(functions))
    first = functions.value + ctypes.sizeof(ctypes.c_void_p)
    entries = ctypes.cast(first, ctypes.POINTER(ctypes.c_void_p))

    def call(number, *args):
        return ctypes.CFUNCTYPE(ctypes.c_ulong)(entries[number])(*args)

    def values(number, *args):
        count = ctypes.c_ulong()
        call(number, *args, None, ctypes.byref(count))
        array = (ctypes.c_ulong * count.value)()
        call(number, *args, array, ctypes.byref(count))
        return array[:count.value]

    call(C_INITIALIZE, None)
    slot = ctypes.c_ulong(values(C_GETSLOTLIST, ctypes.c_ubyte(1))[0])
    mechanisms = values(C_GETMECHANISMLIST, slot)
    print('%d mechanisms' % len(mechanisms))
    for name, mechanism in MECHANISMS.items():
        info = (ctypes.c_ulong * 3)()
        code = call(C_GETMECHANISMINFO, slot, ctypes.c_ulong(mechanism), info)
        print('%s: %s, C_GetMechanismInfo 0x%02x' % (
            name, 'listed' if mechanism in mechanisms else 'missing', code))


listed(sys.argv[1])
END
echo 'directly:'
python3 mechanisms.py "$softhsm" | tee direct
echo 'through the server:'
python3 mechanisms.py "$client" | tee remote

cat >expected <<'END'
36 mechanisms
CKM_RSA_PKCS_PSS: listed, C_GetMechanismInfo 0x00
CKM_SHA256_RSA_PKCS: listed, C_GetMechanismInfo 0x00
CKM_SHA256_RSA_PKCS_PSS: missing, C_GetMechanismInfo 0x70
CKM_SHA512_RSA_PKCS_PSS: missing, C_GetMechanismInfo 0x70
END
if grep -q missing direct || ! cmp -s expected remote; then
    echo 'changed'
    exit 1
fi
