#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# embedded.sh PERSONA SCRIPT: runs SCRIPT with a fresh copy of the persona, which
# lies in a reader of the stand-in for libpcsclite.
set -eu

here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/../vcard/persona-copy.sh" "$1" "$work/card"
shift
LD_LIBRARY_PATH=${JPKI_VCARD_LIB:?is not set} JPKI_VCARD=$work/card \
    "$@" "$work/card"
