#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-program.sh PROGRAM: token-program on a fresh card lists the reader, shows
# the status of each key, logs in and signs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/../vcard/persona-copy.sh" adult "$work/card"
LD_LIBRARY_PATH=$JPKI_VCARD_LIB JPKI_VCARD=$work/card "$1" 1234 ABC123 \
    >"$work/output" 2>&1 || {
    cat "$work/output"
    exit 1
}
cat "$work/output"
for words in 'Virtual Reader 0: JPKI' '"role":"auth"' '"role":"sign"' \
    ': auth: signed' ': sign: signed'; do
    grep -qF -- "$words" "$work/output"
done
