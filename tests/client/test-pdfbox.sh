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

# sign PASSWORD: three documents, by $algorithm.
sign() {
    rm -f "$work"/*.signed
    on_card java -cp "$classes:$work/classes" SignPdf "$work/java.conf" "$1" \
        "$algorithm" "$work/a.pdf" "$work/b.pdf" "$work/c.pdf"
}

javac -cp "$classes" -d "$work/classes" "$here/SignPdf.java"
printf 'name = JPKI\nlibrary = %s\nslotListIndex = 1\n' "$JPKI_MODULE" \
    >"$work/java.conf"
for name in a b c; do
    page | make_pdf "$work/$name.pdf"
done
keep_log
insert adult
make_database
use_key sign
for algorithm in SHA256withRSA SHA256withRSAandMGF1; do
    check_right sign 4 3 'key: Digital Signature'
    for name in a b c; do
        mv "$work/$name.pdf.signed" "$work/out.pdf"
        is_signed || fail "$algorithm: $name is not signed"
    done
done
check_refusals sign CKR_PIN_INCORRECT CKR_PIN_LOCKED
logged 'the sign PIN is locked'
check_every sign
says CKR_USER_NOT_LOGGED_IN
echo ok
