#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One script of PC/SC calls on the stand-in for libpcsclite and on a real
# pcscd: the same codes.
. "$(dirname "$0")/common.sh"
make_work
JPKI_PERSONA=$work/card
export JPKI_PERSONA
"$here/../vcard/persona-copy.sh" adult "$JPKI_PERSONA"

"$here/with-pcscd.sh" "$JPKI_PERSONA" -- "$PCSC_SCRIPT" >"$work/pcscd" || {
  code=$?
  cat "$work/pcscd"
  exit "$code"
}
JPKI_READER0="Virtual PCD 00 00" JPKI_READER1="Virtual PCD 00 01" \
  JPKI_VCARD="Virtual PCD 00 00=$JPKI_PERSONA;Virtual PCD 00 01=" \
  LD_LIBRARY_PATH=$STAND_IN_LIB "$PCSC_SCRIPT" >"$work/stand-in"
diff "$work/stand-in" "$work/pcscd"
