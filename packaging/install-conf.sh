#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# install-conf.sh CONF PATH: installs the configuration CONF as PATH, below
# $DESTDIR, where there is none. An administrator's is left as it is, also by "ninja
# uninstall": what Meson installs itself it overwrites and removes, changed or not.
set -eu
umask 022

path=${DESTDIR:-}$2
if [ -e "$path" ] || [ -L "$path" ]; then
    echo "$path is left as it is; the new one is jpki-pkcs11.conf.example"
    exit 0
fi
install -D -m 644 "$1" "$path"
