#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-refused.sh PROGRAM: gives it a folder.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$work"
