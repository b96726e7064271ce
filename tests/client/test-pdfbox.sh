#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Java's KeyStore lists the signing token, and PDFBox signs PDFs with its key, by
# PKCS #1 and PSS, which pdfsig takes: one log-in for all of them. A wrong password
# costs one try, one of the wrong form and a locked card none; `every` refuses.
. "$(dirname "$0")/common.sh"
. "$here/nss.sh"
. "$here/../tool/pdf.sh"
skip_without java javac
jars=/usr/share/java
[ -e "$jars/pdfbox2.jar" ] || skip 'no PDFBox'
[ -e "$jars/bcpkix.jar" ] || skip 'no Bouncy Castle'
classes=$jars/pdfbox2.jar:$jars/fontbox2.jar:$jars/commons-logging.jar
classes=$classes:$jars/bcprov.jar:$jars/bcutil.jar:$jars/bcpkix.jar

# sign PASSWORD ALGORITHM FILE...
sign() {
    new_ledger
    rm -f "$work"/*.signed
    on_card java -cp "$classes" "$here/SignPdf.java" "$work/java.conf" "$@"
}

# check_signs ALGORITHM: three documents.
check_signs() {
    sign ABC123 "$1" "$work/a.pdf" "$work/b.pdf" "$work/c.pdf" || fail "$1: no"
    says 'key: Digital Signature'
    expect_signing_commands 3
    expect_sent_pins 4 ABC123
    for name in a b c; do
        mv "$work/$name.pdf.signed" "$work/out.pdf"
        is_signed || fail "$1: $name is not signed"
    done
    expect_tries sign 5
}

# check_refused PASSWORD SENT LEFT TEXT
check_refused() {
    ! sign "$1" SHA256withRSA "$work/a.pdf" || fail "signed with $1"
    says "$4"
    expect_sent_pins "$2"
    expect_signing_commands 0
    expect_tries sign "$3"
}

printf 'name = JPKI\nlibrary = %s\nslotListIndex = 1\n' "$JPKI_MODULE" \
    >"$work/java.conf"
for name in a b c; do
    page | make_pdf "$work/$name.pdf"
done
keep_log
insert adult
make_database
check_signs SHA256withRSA
check_signs SHA256withRSAandMGF1
check_refused abc 0 5 CKR_PIN_INCORRECT
check_refused WRONG1 1 4 CKR_PIN_INCORRECT
insert locked-sign
check_refused ABC123 0 0 CKR_PIN_LOCKED
logged 'the sign PIN is locked'
insert adult
use_conf "$work/every" '[pin]' 'signature_pin = every'
check_refused ABC123 1 5 CKR_USER_NOT_LOGGED_IN
echo ok
