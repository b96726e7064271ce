#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cross-file.sh ARCHITECTURE: prints a cross file for Meson, with Debian's cross
# compiler and the libraries of that architecture. Its programs have to run on this
# machine, or those that they start could not.
set -eu
. "$(dirname "$0")/arch.sh"
use_arch "$1"

cat <<END
[binaries]
c = '$compiler'
cpp = '${compiler%gcc}g++'
ar = '${compiler%gcc}ar'
strip = '${compiler%gcc}strip'
pkg-config = 'pkg-config'

[properties]
pkg_config_libdir = '/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig'
needs_exe_wrapper = false

[host_machine]
system = 'linux'
cpu_family = '$cpu'
cpu = '$cpu'
endian = '$order'
END
