#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-with-card.sh PROGRAM: runs a program that handles the card itself, by
# pipe-control.c, beside a private pcscd whose readers are empty.
. "$(dirname "$0")/common.sh"
"$here/with-pcscd.sh" "" -- "$1"
