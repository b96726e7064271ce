#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki certificate: both certificates, as text and as PEM.
. "$(dirname "$0")/common.sh"
insert adult
new_ledger

# The authentication certificate is free to read.
jpki 0 certificate auth
says 'Authentication certificate'
says 'RSA 2048'
jpki 0 certificate auth --pem
cp "$work/output" "$work/auth.pem"
openssl x509 -in "$work/auth.pem" -outform DER -out "$work/auth.der" ||
    fail 'no PEM'
head -c "$(wc -c <"$work/auth.der")" "$card/ef/000A" |
    cmp - "$work/auth.der" || fail 'another certificate'
awk 'length > 64 { exit 1 }' "$work/auth.pem" || fail 'long lines'
expect_sent_pins 0

# The signing one after its password, which is asked for on the terminal.
types 0 ABC123 -- "$JPKI" certificate sign --text
for text in 'Signing certificate' 'name            公的　花子' \
    'address         東京都清瀬市架空町３丁目１４－１５' \
    'sex             female' 'substitutes in it none'; do
    says "$text"
done
says "birth date      $(date -d '9 hours 100 days ago 42 years ago' +%Y)-"
expect_sent_pins 1 ABC123
in_japanese
types 0 ABC123 -- "$JPKI" certificate sign
says '氏名            公的　花子'
says '住所            東京都清瀬市架空町３丁目１４－１５'
says '性別            女'
in_english
insert substituted
types 0 ABC123 -- "$JPKI" certificate sign
says 'substitutes in it characters 1'
says 'substitutes in it characters 7'
insert adult

# As PEM to a file: the question is on the terminal, the certificate in the file.
cat >"$work/to-file" <<END
#!/bin/sh
exec "\$JPKI" certificate sign --pem >"$work/sign.pem"
END
chmod +x "$work/to-file"
export JPKI
types 0 ABC123 -- "$work/to-file"
keeps_quiet CERTIFICATE-----
openssl x509 -in "$work/sign.pem" -outform DER -out "$work/sign.der" ||
    fail 'no PEM'
head -c "$(wc -c <"$work/sign.der")" "$card/ef/0001" |
    cmp - "$work/sign.der" || fail 'another certificate'

# A phone wants the PIN for the authentication certificate as well.
insert phone
new_ledger
types 0 1234 -- "$JPKI" certificate auth
says 'Authentication certificate'
expect_sent_pins 1 1234

# What is not there, and mistakes.
insert child-6a82
jpki 1 certificate sign
says 'no certificate and no key of this kind'
insert unreadable
types 1 ABC123 -- "$JPKI" certificate sign
says 'no such certificate, or it cannot be read'
new_ledger
jpki 2 certificate
says 'an argument is missing'
jpki 2 certificate text
says '"text" is none of auth and sign'
jpki 2 certificate auth --pem --text
says 'do not go together'
jpki 2 certificate auth --json
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
echo ok
