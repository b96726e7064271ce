#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OpenSC's own driver, written against real cards, must see a real card: list,
# log in and sign on both slots. With $LD_LIBRARY_PATH and $JPKI_VCARD it runs
# on the stand-in for libpcsclite; without them on whatever pcscd offers.
set -eu

# Where the script is not told of a persona it makes a copy.
here=$(dirname "$0")
command -v pkcs11-tool >/dev/null || { echo "no pkcs11-tool"; exit 77; }
command -v openssl >/dev/null || { echo "no openssl"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "${JPKI_PERSONA:-}" ]; then
  JPKI_PERSONA=$work/card
  "$here/persona-copy.sh" adult "$JPKI_PERSONA"
  JPKI_VCARD=$JPKI_PERSONA
  export JPKI_VCARD
fi

fail() {
  echo "FAIL: $*"
  exit 1
}

# tool ARGS...: pkcs11-tool, that is OpenSC's module.
tool() {
  LD_LIBRARY_PATH=${JPKI_VCARD_LIB:-} pkcs11-tool "$@"
}

public_key() {
  openssl x509 -inform DER -in "$JPKI_PERSONA/ef/$1" -noout -pubkey
}

check_list() {
  tool -L >"$work/slots"
  grep -q 'JPKI (User Authentication PIN)' "$work/slots" || fail "no auth slot"
  grep -q 'JPKI (Digital Signature PIN)' "$work/slots" || fail "no sign slot"
  tool -O >"$work/objects" 2>&1
  grep -q 'User Authentication Certificate' "$work/objects" ||
    fail "no certificate"
}

# check_sign TOKEN PIN KEY-ID CERTIFICATE-EF
check_sign() {
  printf 'to be signed' >"$work/data"
  tool --token-label "$1" --login --pin "$2" --sign --id "$3" \
    --mechanism SHA256-RSA-PKCS --input-file "$work/data" \
    --output-file "$work/signature" >/dev/null 2>"$work/errors" || {
    cat "$work/errors"
    fail "no signature with $1"
  }
  public_key "$4" >"$work/key.pem"
  openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" \
    "$work/data" || fail "wrong signature with $1"
}

check_wrong_pin() {
  if tool --token-label "$1" --login --pin "$2" -O >/dev/null 2>"$work/errors"
  then
    fail "a wrong PIN was accepted"
  fi
  grep -q CKR_PIN_INCORRECT "$work/errors" || fail "wrong PIN: other error"
}

check_list
check_sign 'JPKI (User Authentication PIN)' 1234 01 000A
check_sign 'JPKI (Digital Signature PIN)' ABC123 02 0001
check_wrong_pin 'JPKI (User Authentication PIN)' 9999
grep -q 'left = 2' "$JPKI_PERSONA/state" || fail "the wrong PIN cost no try"
check_sign 'JPKI (User Authentication PIN)' 1234 01 000A
grep -q 'left = 3' "$JPKI_PERSONA/state" || fail "the right PIN did not reset"
echo "ok"
