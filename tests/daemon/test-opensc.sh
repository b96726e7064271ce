#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same as the client test, through a real pcscd.
set -eu

here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
JPKI_PERSONA=$work/card
export JPKI_PERSONA
"$here/../vcard/persona-copy.sh" adult "$JPKI_PERSONA"
"$here/with-pcscd.sh" "$JPKI_PERSONA" -- "$here/../vcard/test-opensc.sh"
