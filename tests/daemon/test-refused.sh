#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-refused.sh PROGRAM: gives it a folder and each kind of pcscd that is not
# to be had.
. "$(dirname "$0")/common.sh"
make_work
for kind in absent refuses differs; do
    mkdir "$work/$kind"
    "$1" "$work/$kind" "$kind"
done
