#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-program.sh PROGRAM: token-program on a fresh card lists the reader, shows
# the status of each key, logs in and signs, and reads the text application.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/../vcard/persona-copy.sh" adult "$work/card"
JPKI_VCARD_LEDGER=$work/ledger LD_LIBRARY_PATH=$JPKI_VCARD_LIB \
    JPKI_VCARD=$work/card "$1" 1234 ABC123 2468 \
    >"$work/output" 2>&1 || {
    cat "$work/output"
    exit 1
}
cat "$work/output"
for words in 'Virtual Reader 0: JPKI' '"role":"auth"' '"role":"sign"' \
    ': auth: signed' ': sign: signed' ': 公的　花子, 東京都'; do
    grep -qF -- "$words" "$work/output"
done
# A log-in and a signature with each key; the text application's wrong PIN once.
sent=$(awk '$3 == "20" && $6 > 0' "$work/ledger" | wc -l)
[ "$sent" -eq 6 ] || {
    echo "$sent PINs were sent"
    exit 1
}
! grep -q individual-number "$work/ledger"
