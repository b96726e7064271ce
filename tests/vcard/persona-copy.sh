#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# persona-copy.sh NAME FOLDER: a fresh copy of a persona, counters full.
# $JPKI_PERSONAS is where they lie; meson sets it for its tests.
set -eu

name=$1
folder=$2
cp -R "${JPKI_PERSONAS:?is not set}/$name" "$folder"
rm -f "$folder/state" "$folder/lock"
