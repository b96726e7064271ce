#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The files of the module and the commands compile with another C library than glibc,
# musl, which has fewer functions: without warnings, one of which tells of a function
# that is not there. The headers of other libraries are those of this system; there is
# nothing to link with. Without libunistring and jansson the commands are left out.
set -eu
. "$(dirname "$0")/common.sh"

skip_without musl-gcc
others=$(mktemp -d)
trap 'rm -rf "$others"' EXIT
# musl-gcc looks nowhere else, and must not see glibc's headers.
headers=$(pkg-config --variable=includedir libcrypto)
for folder in "$headers/openssl" "$headers/$(gcc -print-multiarch)/openssl"; do
    [ ! -d "$folder" ] || cp -R "$folder" "$others"
done
for header in jansson jansson_config unicase uniconv unictype uninorm unistr unitypes; do
    for folder in "$headers" "$headers/$(gcc -print-multiarch)"; do
        [ ! -e "$folder/$header.h" ] || cp "$folder/$header.h" "$others"
    done
done
[ ! -d "$headers/unistring" ] || cp -R "$headers/unistring" "$others"
parts='conf|crypto|token|pkcs11'
[ ! -e "$others/jansson.h" ] || [ ! -e "$others/unistr.h" ] || parts="$parts|tool"
others_flags="-isystem $others $(pkg-config --cflags libpcsclite p11-kit-1 |
    sed 's/-I *\([^ ]*\)/-isystem \1/g')"

complaints=$(
    files '*.c' | grep -E "^($parts)/" | while read -r file; do
        # shellcheck disable=SC2086 # a list of flags
        musl-gcc -std=c11 -D_GNU_SOURCE -DJPKI_VERSION='"0"' -DJPKI_OCSP=1 \
            -DJPKI_SYSTEM_CONF='"/etc/conf"' -DJPKI_MODULE_PATH='"/lib"' \
            -DJPKI_BRIDGE_PATH='"/bridge"' -DJPKI_BRIDGE_DIR='"/lib"' \
            -DJPKI_WITH_BRIDGE=1 -DP11_KIT_CONFIGS='"/etc"' -DP11_KIT_MODULES='"/lib"' \
            -I. $others_flags \
            -Wall -Wextra -Werror -fsyntax-only "$file" 2>&1 ||
            echo "$file: does not compile with musl"
    done
)
verdict "$complaints"
