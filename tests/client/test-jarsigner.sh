#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's keytool lists the certificate, jarsigner signs with one log-in, PKCS #1
# and PSS; a wrong password costs one try, one of the wrong form none.
. "$(dirname "$0")/common.sh"
skip_without jar jarsigner keytool

# store PIN COMMAND...: with the options for the token.
store() {
    pin=$1
    shift
    on_card "$@" -providerClass sun.security.pkcs11.SunPKCS11 \
        -providerArg "$work/java.conf" -storetype PKCS11 -keystore NONE \
        -storepass "$pin"
}

# sign ALGORITHM
sign() {
    new_ledger
    on_card jarsigner -providerClass sun.security.pkcs11.SunPKCS11 \
        -providerArg "$work/java.conf" -storetype PKCS11 -keystore NONE \
        -storepass ABC123 -sigalg "$1" -signedjar "$work/out.jar" \
        "$work/in.jar" 'Digital Signature' || fail "$1: not signed"
    expect_signing_commands 1
    expect_sent_pins 2 ABC123
    jarsigner -verify "$work/out.jar" >"$work/output" 2>&1 || fail "$1: no"
    says 'jar verified'
}

printf 'name = JPKI\nlibrary = %s\nslotListIndex = 1\n' "$JPKI_MODULE" \
    >"$work/java.conf"
insert adult
jar cf "$work/in.jar" -C "$work" java.conf

store ABC123 keytool -list || fail 'no list'
says 'Digital Signature'
sign SHA256withRSA
sign RSASSA-PSS

new_ledger
! store abc keytool -list || fail 'a password of three letters'
expect_sent_pins 0
! store WRONG1 keytool -list || fail 'a wrong password'
expect_sent_pins 1
expect_tries sign 4
echo ok
