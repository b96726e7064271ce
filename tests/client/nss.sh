# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work and $card
# For the tests of programs built on NSS: sourced after common.sh.
skip_without certutil modutil pdfsig

# empty_database NAME: $work/NAME, without a module.
empty_database() {
    mkdir "$work/$1"
    certutil -N -d "sql:$work/$1" --empty-password
}

# make_database: $work/db, with the module, for the persona that is in.
# $work/no-module is for what only reads.
make_database() {
    empty_database no-module
    empty_database db
    on_card modutil -force -dbdir "sql:$work/db" -add jpki \
        -libfile "$JPKI_MODULE" || fail 'no module in the data base'
}

# is_signed: $work/out.pdf has a signature over all of it.
is_signed() {
    [ -e "$work/out.pdf" ] &&
        pdfsig -nssdir "sql:$work/no-module" -no-ocsp "$work/out.pdf" \
            >"$work/output" 2>&1 &&
        grep -q 'Signature is Valid' "$work/output" &&
        grep -q 'Total document signed' "$work/output"
}
