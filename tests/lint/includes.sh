#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Includes keep their direction, from a folder to those on its line:
#
#     pkcs11        -> token
#     tool          -> token, conf
#     token         -> token/card, crypto, conf
#     token/card    -> conf
#     crypto        -> conf
#     conf          -> nothing of ours
#
# and a library has one folder: Cryptoki and its names pkcs11/, PC/SC token/card/,
# OpenSSL crypto/, libunistring tool/. Tests may include any header, never a .c. No unit includes
# itself over others: a unit is a .c and its headers, of which NAME_*.h is one of
# NAME's where it has no .c of its own.
set -eu
. "$(dirname "$0")/common.sh"

# The library of its own in conf/: every folder may log, lock, take the time,
# sanitize text and speak to a person.
base='conf/(clock|fileperm|lock|log|text|words(_[a-z]+)?)[.]h'

# Past token/: digests, rows of algorithms and the results of both, of which
# mechanisms and operations are made; fields of certificates, for attributes and
# to show them, with the profile of a signing certificate.
past_token='crypto/(digest|sigalg|cryptoerr|cert)[.]h'
past_token_tool='crypto/(digest|sigalg|cryptoerr|cert|cms|profile|birth_date)[.]h'

# FOLDER OURS LIBRARIES: what may stand between quotes and, of the libraries,
# between angle brackets; the first folder that fits counts.
rules="\
tool/ (tool/|token/[^/]*\$|conf/|$past_token_tool) (unictype|uninorm|unistr)[.]h
pkcs11/ (pkcs11/|token/[^/]*\$|$base|$past_token) (p11-kit/|pkcs11[.]h)
token/card/ (token/card/|$base) (winscard|pcsclite|wintypes|reader)[.]h|PCSC/
token/ (token/|crypto/|conf/)
crypto/ (crypto/|$base) openssl/
conf/ conf/
tests/ (tests/|tool/|pkcs11/|token/|crypto/|conf/) ."

libraries='^(p11-kit/|pkcs11[.]h|(winscard|pcsclite|wintypes|reader)[.]h|PCSC/|openssl/|ini[.]h|(unictype|uninorm|unistr)[.]h)'

# includes AWK-PROGRAM: runs it on each include, with what stands between the
# quotes or brackets in NAME.
includes() {
    files '*.[ch]' | xargs -r awk -v rules="$rules" -v libraries="$libraries" '
        !/^[ \t]*#[ \t]*include/ { next }
        {
            name = $0
            sub(/^[^"<]*["<]/, "", name)
            sub(/[">].*$/, "", name)
        }
        '"$1"
}

directions() {
    includes '
        function complain(why) {
            printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
        }
        function find_rule(line, n, lines) {
            n = split(rules, lines, "\n")
            for (line = 1; line <= n; line++) {
                split(lines[line], rule, " ")
                if (index(FILENAME, rule[1]) == 1)
                    return 1
            }
            return 0
        }
        name ~ /[.]c$/ { complain("includes a .c") }
        !find_rule() { complain("no rule for this folder"); next }
        /"/ && name !~ "^" rule[2] { complain("wrong direction") }
        /</ && name ~ libraries && (rule[3] == "" || name !~ "^" rule[3]) {
            complain("another folder owns this library")
        }'
}

circles() {
    includes '
        function visit(from, unit, i, n, next_units) {
            n = split(edges[unit], next_units, " ")
            for (i = 1; i <= n; i++) {
                if ((from, next_units[i]) in reached)
                    continue
                reached[from, next_units[i]]
                visit(from, next_units[i])
            }
        }
        function unit_of(path, owner) {
            sub(/[.][ch]$/, "", path)
            owner = path
            while (!(owner ".c" in has) && sub(/_[^_\/]*$/, "", owner)) { }
            return owner ".c" in has ? owner : path
        }
        BEGIN {
            for (i = 1; i < ARGC; i++)
                has[ARGV[i]]
        }
        /"/ {
            unit = unit_of(FILENAME)
            name = unit_of(name)
            if (unit != name)
                edges[unit] = edges[unit] " " name
        }
        END {
            for (unit in edges)
                visit(unit, unit)
            for (unit in edges) {
                circle = ""
                for (other in edges) {
                    if (!((unit, other) in reached && (other, unit) in reached))
                        continue
                    if (!(other in told))
                        circle = circle " " other
                    told[other]
                }
                if (circle != "")
                    print "circle:" circle
            }
        }'
}

# Names of Cryptoki: CK_RV, CKR_OK, CKM_RSA_PKCS and the like.
cryptoki_outside() {
    files '*.[ch]' | grep -vE '^(pkcs11|tests)/' |
        xargs -r grep -nHE '\bCK[A-Z]?_[A-Z]' |
        sed 's/$/ (Cryptoki names live in pkcs11)/'
}

complaints=$(
    directions
    circles
    cryptoki_outside
)
verdict "$complaints"
