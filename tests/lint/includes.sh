#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Includes keep their direction:
#
#     pkcs11 -> token -> token/card, crypto, conf
#     token/card -> conf/log.h, conf/lock.h
#     crypto -> conf/log.h, conf/lock.h, conf/fileperm.h
#     conf   -> nothing of ours
#
# and so do libraries: p11-kit and every CK name in pkcs11/, PC/SC in token/,
# OpenSSL in crypto/. Tests may include any header, never a .c.
set -eu
. "$(dirname "$0")/common.sh"

# check FOLDER OURS LIBRARY: two patterns, of what FOLDER may include between
# quotes and which of the four libraries.
check() {
    files '*.[ch]' | grep "^$1/" |
        xargs -r awk -v ours="^($2)" -v library="^($3)" '
        function complain(why) {
            printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
        }
        BEGIN {
            libraries = "^(p11-kit/|pkcs11\\.h|winscard\\.h|pcsclite\\.h" \
                "|wintypes\\.h|reader\\.h|PCSC/|openssl/|ini\\.h)"
        }
        /^[ \t]*#[ \t]*include/ {
            name = $0
            sub(/^[^"<]*["<]/, "", name)
            sub(/[">].*$/, "", name)
            if (name ~ /\.c$/)
                complain("includes a .c")
            else if ($0 ~ /"/ && name !~ ours)
                complain("wrong direction")
            else if ($0 ~ /</ && name ~ libraries && name !~ library)
                complain("another folder owns this library")
        }'
}

# Names of Cryptoki: CK_RV, CKR_OK, CKM_RSA_PKCS and the like.
cryptoki_outside() {
    files '*.[ch]' | grep -vE '^(pkcs11|tests)/' |
        xargs -r grep -nHE '\bCK[A-Z]?_[A-Z]' |
        sed 's/$/ (Cryptoki names live in pkcs11)/'
}

base_headers='conf/(log|lock|thread_annotations)\.h$'

complaints=$(
    check pkcs11 'pkcs11/|token/|crypto/|conf/' 'p11-kit/|pkcs11\.h'
    check token 'token/|crypto/|conf/' \
        'winscard\.h|pcsclite\.h|wintypes\.h|reader\.h|PCSC/'
    check token/card "token/card/|$base_headers" \
        'winscard\.h|pcsclite\.h|wintypes\.h|reader\.h|PCSC/'
    check crypto "crypto/|$base_headers|conf/fileperm\.h$" 'openssl/'
    check conf 'conf/' '^$'
    check tests 'pkcs11/|token/|crypto/|conf/|tests/' '.'
    cryptoki_outside
)
verdict "$complaints"
