# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work
# PDF documents for tests; sourced after common.sh.

# make_pdf FILE [TRAILER]: a document of the objects on the standard input, which
# are numbered from 1 and begin with the catalog; TRAILER goes into its trailer.
make_pdf() {
    awk -v trailer="${2:-}" '
        BEGIN { document = "%PDF-1.7\n" }
        /^[0-9]+ 0 obj$/ { at[++objects] = length(document) }
        { document = document $0 "\n" }
        END {
            printf "%sxref\n0 %d\n", document, objects + 1
            printf "%010d 65535 f \n", 0
            for (i = 1; i <= objects; i++)
                printf "%010d 00000 n \n", at[i]
            printf "trailer\n<< /Size %d /Root 1 0 R %s >>\n", objects + 1, trailer
            printf "startxref\n%d\n%%%%EOF\n", length(document)
        }' >"$1"
}

# page [CATALOG]: the objects 1 to 3 of a document with an empty page; CATALOG
# goes into its catalog.
page() {
    cat <<END
1 0 obj
<< /Type /Catalog /Pages 2 0 R ${1:-} >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>
endobj
END
}

# pack HEX...: the bytes.
pack() {
    for byte in "$@"; do
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\$(printf %03o "0x$byte")"
    done
}

# make_packed_pdf FILE: the same page in an object stream, and a cross-reference
# stream, as most programs write today.
make_packed_pdf() {
    objects='<< /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [3 0 R] /Count 1 >> << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>'
    numbers='1 0 2 34 3 76 '
    {
        # libpodofo looks for the end of a file further back than to its start.
        printf '%%PDF-1.5\n%%%01000d\n' 0
        printf '4 0 obj\n<< /Type /ObjStm /N 3 /First %d /Length %d >>\n' \
            ${#numbers} $((${#numbers} + ${#objects}))
        printf 'stream\n%s%s\nendstream\nendobj\n' "$numbers" "$objects"
    } >"$1"
    at=$(wc -c <"$1")
    four=$(printf '%04x' 1011)
    five=$(printf '%04x' "$at")
    {
        printf '5 0 obj\n<< /Type /XRef /W [1 2 1] /Size 6 /Root 1 0 R /Length 24 >>\nstream\n'
        pack 00 00 00 ff 02 00 04 00 02 00 04 01 02 00 04 02 \
            01 "${four%??}" "${four#??}" 00 01 "${five%??}" "${five#??}" 00
        printf '\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n' "$at"
    } >>"$1"
}

# take_apart FILE N: what the Nth signature of FILE, which lies in the current
# folder, is over goes to FILE.content, and its CMS to FILE.cms.
take_apart() {
    pdfsig -dump "$1" >/dev/null 2>&1 || true # no trust in the certificate
    mv "$(basename "$1").sig$(($2 - 1))" "$1.cms" || fail 'pdfsig dumps nothing'
    # shellcheck disable=SC2046 # four numbers
    set -- "$1" $(grep -ao '/ByteRange *\[[0-9 ]*\]' "$1" | sed -n "$2p" |
        tr -dc '0-9 ')
    [ $# -eq 5 ] || fail 'no ByteRange'
    {
        head -c "$3" "$1"
        tail -c +$(($4 + 1)) "$1" | head -c "$5"
    } >"$1.content"
}
