#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The client test through a real pcscd.
set -eu

here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/../vcard/persona-copy.sh" adult "$work/card"
"$here/with-pcscd.sh" "$work/card" -- "$here/../client/test-tool.sh" "$work/card"
