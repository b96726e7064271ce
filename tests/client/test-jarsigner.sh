#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's keytool lists the certificate, jarsigner signs with one log-in, PKCS #1
# and, up to Java 18, PSS; a wrong password costs one try, one of the wrong form none.
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

# try_to_sign ALGORITHM
try_to_sign() {
    new_ledger
    on_card jarsigner -providerClass sun.security.pkcs11.SunPKCS11 \
        -providerArg "$work/java.conf" -storetype PKCS11 -keystore NONE \
        -storepass ABC123 -sigalg "$1" -signedjar "$work/out.jar" \
        "$work/in.jar" 'Digital Signature'
}

# sign ALGORITHM
sign() {
    try_to_sign "$1" || fail "$1: not signed"
    expect_signing_commands 1
    expect_sent_pins 2 ABC123
    jarsigner -verify "$work/out.jar" >"$work/output" 2>&1 || fail "$1: no"
    says 'jar verified'
}

# java_release: 17 of "17.0.15".
java_release() {
    java -XshowSettings:properties -version 2>&1 |
        sed -n 's/^ *java\.specification\.version = //p'
}

printf 'name = JPKI\nlibrary = %s\nslotListIndex = 1\n' "$JPKI_MODULE" \
    >"$work/java.conf"
insert adult
jar cf "$work/in.jar" -C "$work" java.conf

store ABC123 keytool -list || fail 'no list'
says 'Digital Signature'
sign SHA256withRSA
# From Java 19 on jarsigner's PSS is with SHA-384, which no card signs; it cannot be
# told otherwise.
if [ "$(java_release)" -lt 19 ]; then
    sign RSASSA-PSS
else
    ! try_to_sign RSASSA-PSS || fail 'PSS with SHA-384'
    expect_signing_commands 0
    expect_tries sign 5
fi

new_ledger
! store abc keytool -list || fail 'a password of three letters'
expect_sent_pins 0
! store WRONG1 keytool -list || fail 'a wrong password'
expect_sent_pins 1
expect_tries sign 4
echo ok
