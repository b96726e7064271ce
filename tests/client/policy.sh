# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work and $card
# For the client tests of the signing policy: sourced after common.sh.
sign_pin=ABC123
printf 'to be signed' >"$work/data"
JPKI_VCARD_LEDGER=$work/ledger
JPKI_PKCS11_CONF=$work/conf
export JPKI_VCARD_LEDGER JPKI_PKCS11_CONF

# configure LINE...: of [policy], where the tests' own CA is trusted.
configure() {
    printf '%s\n' '[policy]' "sign_ca = $JPKI_PERSONAS/ca-sign/ca.der" \
        "$@" >"$work/conf"
}

sign_slot() {
    tool --slot-index 1 --login --pin $sign_pin "$@"
}

sign() {
    rm -f "$work/signature" "$work/ledger"
    sign_slot --sign --mechanism SHA256-RSA-PKCS --input-file "$work/data" \
        --output-file "$work/signature"
}

# commands HEAD: how many that begin so the card got for the last signature.
commands() {
    grep -cE "^[0-9.]+ [0-9]+ $1" "$work/ledger" || true
}

# status WORDS...: the status after the log-in has them all.
status() {
    sign_slot --read-object --type data --label 'JPKI status' ||
        fail 'no status'
    for words in "$@"; do
        says "$words"
    done
}

# refused VERDICT WORDS: what a person sees and reads who wants to sign: an
# error, no file, and the reason. The card is not asked.
refused() {
    if sign; then
        fail "$1 has signed"
    fi
    says 'CKR_KEY_FUNCTION_NOT_PERMITTED'
    [ ! -e "$work/signature" ] || fail "$1: a file was written"
    [ "$(commands 2A)" = 0 ] || fail "$1: a signing command was sent"
    [ "$(commands '20 00 80 [1-9]')" = 1 ] ||
        fail "$1: the password was sent more than once"
    status "\"verdict\":\"$1\"" "$2"
}

# allowed: a signature that openssl verifies under the certificate.
allowed() {
    sign || fail 'no signature'
    read_cert 1 "$sign_pin" 'Digital Signature'
    verify
    status '"verdict":"allowed"'
}
