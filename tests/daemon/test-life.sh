#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-life.sh PROGRAM: runs one of the programs that live through something,
# on a private pcscd, and gives it a folder. Afterwards no try is lost; where it says how many PINs it
# had sent, as "pins N", the card must have had as many.
. "$(dirname "$0")/common.sh"
beside_pcscd adult "$@"

order 'signing 20'
"$1" "$work" >"$work/said" || {
    cat "$work/said"
    exit 1
}
cat "$work/said"
pins=$(sed -n 's/^pins //p' "$work/said")
[ -z "$pins" ] || sent_pins "$pins,0"
no_try_lost
