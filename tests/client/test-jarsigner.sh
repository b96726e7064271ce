#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's keytool lists the certificate, jarsigner signs with one log-in, PKCS #1
# and, up to Java 18, PSS. A wrong password costs one try, one of the wrong form and
# a locked card none; `every` refuses.
. "$(dirname "$0")/common.sh"
skip_without jar jarsigner keytool

# store PASSWORD COMMAND...: with the options for the token first.
store() {
    given=$1
    program=$2
    shift 2
    on_card "$program" -providerClass sun.security.pkcs11.SunPKCS11 \
        -providerArg "$work/java.conf" -storetype PKCS11 -keystore NONE \
        -storepass "$given" "$@"
}

keytool_list() {
    store "$1" keytool -v -list
}

jarsigner_signs() {
    store "$1" jarsigner -sigalg "$algorithm" -signedjar "$work/out.jar" \
        "$work/in.jar" 'Digital Signature'
}

# openssl_takes: the signature in $work/out.jar, which is of the list of digests.
openssl_takes() {
    (cd "$work" && jar xf out.jar META-INF) || fail 'no signature in the jar'
    mv "$work"/META-INF/*.RSA "$work/data.p7s"
    mv "$work"/META-INF/*.SF "$work/data"
    valid_cms -content "$work/data"
}

check_signs() {
    check_right jarsigner_signs 2 1
    jarsigner -verify "$work/out.jar" >"$work/output" 2>&1 || fail "$algorithm: no"
    says 'jar verified'
    openssl_takes
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
use_key sign
read_key

new_ledger
keytool_list "$right" || fail 'no list'
says 'Digital Signature'
expect_sent_pins 1 "$right"
expect_signing_commands 0
count_row keytool_list right
check_refusals keytool_list CKR_PIN_INCORRECT CKR_PIN_LOCKED

# From Java 19 on jarsigner's PSS is with SHA-384, which no card signs; it cannot be
# told otherwise.
algorithm=RSASSA-PSS
if [ "$(java_release)" -lt 19 ]; then
    check_signs
else
    check_pin jarsigner_signs 'PSS with SHA-384' adult "$right" 1 0 "$tries"
fi
algorithm=SHA256withRSA
check_signs
check_refusals jarsigner_signs 'keystore load: load failed'
check_every jarsigner_signs
echo ok
