# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For the tests of programs built on NSS: sourced after common.sh.
: "${work:?is not set}"
skip_without certutil
skip_without modutil
skip_without pdfsig

# make_database PROGRAM: $work/db, with the module, for the persona that is in.
# PROGRAM sees the signing slot alone, so that it gives its one PIN to no other,
# and finds the certificate by its name. $work/no-module is for what only reads.
make_database() {
    for database in db no-module; do
        mkdir "$work/$database"
        certutil -N -d "sql:$work/$database" --empty-password
    done
    on_card modutil -force -dbdir "sql:$work/db" -add jpki \
        -libfile "$JPKI_MODULE" || fail 'no module in the data base'
    cp "${JPKI_PKCS11_CONF:?is not set}" "$work/conf"
    printf '[app %s]\nshow = sign\nsign_profile = no\n' "$1" >>"$work/conf"
    JPKI_PKCS11_CONF=$work/conf
    export JPKI_PKCS11_CONF
}

# is_signed: $work/out.pdf has a signature over all of it.
is_signed() {
    [ -e "$work/out.pdf" ] &&
        pdfsig -nssdir "sql:$work/no-module" -no-ocsp "$work/out.pdf" \
            >"$work/output" 2>&1 &&
        grep -q 'Signature is Valid' "$work/output" &&
        grep -q 'Total document signed' "$work/output"
}
