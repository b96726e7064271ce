#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki sign --format pdf: poppler and openssl verify it; what was in the document
# stays, an earlier signature too; what cannot be signed is told before the PIN.
. "$(dirname "$0")/common.sh"
. "$here/pdf.sh"
mkdir "$work/files"
cd "$work/files"
insert adult
new_ledger
page | make_pdf in.pdf

if [ "${JPKI_WITH_PDF:?is not set}" != true ]; then
    jpki 2 sign --format pdf in.pdf
    says 'built without PDF'
    skip 'built without PDF'
fi
skip_without openssl pdfsig
openssl x509 -inform DER -in "$JPKI_PERSONAS/ca-sign/ca.der" -out "$work/ca.pem"

# signs FILE...
signs() {
    types 0 ABC123 -- "$JPKI" sign --format pdf "$@"
}

# is_signed FILE N: all of its N signatures are valid, the last over all of it.
is_signed() {
    pdfsig -no-ocsp "$1" >"$work/output" 2>&1 || true # it knows no CA
    for text in 'Signature is Valid' 'adbe.pkcs7.detached' 'Signing Time'; do
        [ "$(grep -cF "$text" "$work/output")" -eq "$2" ] ||
            fail "$1: not $2 times: $text"
    done
    [ "$(grep -c ' Total document signed' "$work/output")" -eq 1 ] ||
        fail "$1 is not signed as a whole"
    tail -n 4 "$work/output" | grep -q ' Total document signed' ||
        fail "$1: the last signature is not over all"
}

# is_cms FILE N: openssl verifies its Nth signature, which is DER, and the chain.
is_cms() {
    take_apart "$1" "$2"
    openssl cms -verify -binary -inform DER -in "$1.cms" \
        -content "$1.content" -CAfile "$work/ca.pem" -purpose any \
        -out /dev/null 2>"$work/output" || fail "$1: openssl refuses it"
    openssl cms -cmsout -inform DER -in "$1.cms" -outform DER >"$1.der"
    head -c "$(wc -c <"$1.der")" "$1.cms" | cmp - "$1.der" || fail 'no DER'
    [ -z "$(tail -c +$(($(wc -c <"$1.der") + 1)) "$1.cms" | tr -d '\0')" ] ||
        fail 'more than zeros behind it'
}

# begins_with FILE OTHER: an update leaves every byte of OTHER where it was.
begins_with() {
    head -c "$(wc -c <"$2")" "$1" | cmp - "$2" || fail "$1 is another document"
}

# One signature, then another over it, by another card.
signs in.pdf
says 'in.pdf -> in-signed.pdf'
expect_sent_pins 2
is_signed in-signed.pdf 1
is_cms in-signed.pdf 1
# ISO 32000-1, 7.9.4.
grep -aqE "/M ?\(D:20[0-9]{12}\+00'00'\)" in-signed.pdf || fail 'no date'
begins_with in-signed.pdf in.pdf
insert adult2
types 0 XYZ789 -- "$JPKI" sign --format pdf in-signed.pdf
is_signed in-signed-signed.pdf 2
is_cms in-signed-signed.pdf 1
is_cms in-signed-signed.pdf 2
begins_with in-signed-signed.pdf in-signed.pdf
insert adult

# A document as programs write it today; one with a title, which stays; one with
# a form.
make_packed_pdf packed.pdf
{
    page
    printf '4 0 obj\n<< /Title (Deed) /Producer (Office) >>\nendobj\n'
} | make_pdf title.PDF '/Info 4 0 R'
{
    page '/AcroForm << /Fields [4 0 R] >>'
    printf '4 0 obj\n<< /FT /Tx /T (Signature1) /V (text) >>\nendobj\n'
} | make_pdf form.pdf
new_ledger
signs packed.pdf title.PDF form.pdf
expect_sent_pins 4
for file in packed title form; do
    is_signed "$file-signed.pdf" 1
    is_cms "$file-signed.pdf" 1
done
begins_with packed-signed.pdf packed.pdf
begins_with title-signed.pdf title.PDF
pdfinfo title-signed.pdf >"$work/output"
says 'Deed'
says 'Office'
pdfsig form-signed.pdf >"$work/output" 2>&1 || true
says 'Signature2'
signs packed-signed.pdf
is_signed packed-signed-signed.pdf 2
is_cms packed-signed-signed.pdf 1

# What cannot be signed: told before the PIN, and nothing else is signed either.
new_ledger
printf 'no document' >text.pdf
: >empty.pdf
head -c 200 in.pdf >half.pdf
page | make_pdf encrypted.pdf \
    '/Encrypt << /Filter /Standard /V 1 /R 2 /O <00> /U <00> /P -4 >>'
{
    page '/Perms << /DocMDP 4 0 R >>'
    cat <<'END'
4 0 obj
<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached
/ByteRange [0 9 20 9] /Contents <00> /Reference [ << /Type /SigRef
/TransformMethod /DocMDP /TransformParams << /P 1 /V /1.2 >> >> ] >>
endobj
END
} | make_pdf certified.pdf
rm -f ./*-signed.pdf
jpki 4 sign --format pdf in.pdf text.pdf empty.pdf half.pdf encrypted.pdf \
    certified.pdf
for text in 'text.pdf: no PDF' 'empty.pdf: no PDF' 'half.pdf: no PDF' \
    'encrypted.pdf: encrypted' 'certified.pdf: certified by its author' \
    'no PIN was asked for'; do
    says "$text"
done
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
[ -z "$(find . -name '*-signed.pdf')" ] || fail 'something was signed'
echo ok
