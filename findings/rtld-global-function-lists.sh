#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# With RTLD_GLOBAL the function list of one PKCS #11 module holds the functions
# of another.
#
#   Software    OpenSC 0.23.0 (opensc-pkcs11.so), SoftHSM 2.6.1 (libsofthsm2.so),
#               Debian 12, glibc 2.36
#   Input       two dlopen calls with RTLD_GLOBAL, C_GetFunctionList of each
#   Seen        the module that is loaded second returns a list of its own, whose
#               68 entries are the functions of the module loaded first (67 of 68
#               for OpenSC: C_GetFunctionList is its own). With RTLD_LOCAL each
#               list holds its own functions.
#   Expected    a function list holds the functions of the module that returns it
#               (PKCS #11, C_GetFunctionList), however the module was loaded.
#   Why         A host that loads its plug-ins with RTLD_GLOBAL calls C_Login for a
#               token of the second module and the first one gets the PIN, for
#               whatever token it has under that slot number. Both modules export
#               all C_ names and fill their lists through the dynamic linker;
#               -Bsymbolic-functions, or hidden names and a few exported ones,
#               keeps a list to itself.
#
# Needs apt-get with Debian 12's sources, dpkg-deb and python3. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download opensc-pkcs11=0.23.0-0.3+deb12u2 libsofthsm2=2.6.1-2.1 \
    >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done

cat >owners.py <<'END'
import ctypes
import os
import sys


class DlInfo(ctypes.Structure):
    _fields_ = [('fname', ctypes.c_char_p), ('fbase', ctypes.c_void_p),
                ('sname', ctypes.c_char_p), ('saddr', ctypes.c_void_p)]


libc = ctypes.CDLL(None)
libc.dladdr.argtypes = [ctypes.c_void_p, ctypes.POINTER(DlInfo)]
FUNCTIONS = 68  # of PKCS #11 2.40, behind the version


def foreign_entries(module, path):
    functions = ctypes.c_void_p()
    module.C_GetFunctionList(ctypes.byref(functions))
    first = functions.value + ctypes.sizeof(ctypes.c_void_p)
    entries = ctypes.cast(first, ctypes.POINTER(ctypes.c_void_p))
    count = 0
    for i in range(FUNCTIONS):
        info = DlInfo()
        libc.dladdr(entries[i], ctypes.byref(info))
        count += os.path.realpath(info.fname.decode()) != os.path.realpath(path)
    return count


mode = {'global': ctypes.RTLD_GLOBAL, 'local': ctypes.DEFAULT_MODE}[sys.argv[1]]
modules = [(ctypes.CDLL(path, mode=mode), path) for path in sys.argv[2:]]
print(' '.join(str(foreign_entries(*module)) for module in modules))
END

opensc=$work/root/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so
softhsm=$work/root/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"
status=0

# check MODE FIRST SECOND EXPECTED: the entries of each list that belong to
# another file than the module.
check() {
    seen=$(python3 owners.py "$1" "$2" "$3")
    echo "$1: $(basename "$2"), then $(basename "$3"): $seen entries of another"
    [ "$seen" = "$4" ] || {
        echo "changed: $4 before"
        status=1
    }
}

check local "$softhsm" "$opensc" '0 0'
check local "$opensc" "$softhsm" '0 0'
check global "$softhsm" "$opensc" '0 67'
check global "$opensc" "$softhsm" '0 68'
exit "$status"
