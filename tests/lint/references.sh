#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is named is there: a document, wherever it is named; in documents, between
# backticks, files of the tree, and names of functions, tests and keys.
set -eu
. "$(dirname "$0")/common.sh"

# named PATTERN: FILE:LINE:NAME for what PATTERN finds in the files on the
# standard input, without the backticks.
named() {
    xargs -r grep -nHoE "$1" | tr -d '`' || true
}

# missing WHAT: complains of the names that are no files, from the top of the
# tree or from their reader's folder. A file without a folder may lie in any.
missing() {
    all=$(files '*' | sed 's,.*/,,')
    while IFS=: read -r file line name; do
        if [ -e "$name" ] || [ -e "$(dirname "$file")/$name" ]; then
            continue
        fi
        case $name in
        */*) ;;
        *) ! printf '%s\n' "$all" | grep -qxF "$name" || continue ;;
        esac
        echo "$file:$line: no $1 $name"
    done
}

# The words of code and tests that have an underscore.
words() {
    texts | grep -vE '\.(md|patch)$' |
        xargs -r grep -ohwE '[[:alpha:]][[:alnum:]]*(_[[:alnum:]]+)+' | sort -u
}

# The words go by a file: one argument has room for 128 KiB.
names() {
    list=$(mktemp)
    words >"$list"
    files '*.md' | named '`[a-z][a-z0-9]*(_[a-z0-9]+)+`' |
        awk -F: '
            NR == FNR {
                known[$0]
                next
            }
            !($3 in known) {
                printf "%s:%s: nothing is called %s\n", $1, $2, $3
            }' "$list" -
    rm -f "$list"
}

# selftest.sh names documents that are not there.
complaints=$(
    texts | grep -v '^tests/lint/selftest\.sh$' |
        named '[[:alnum:]_./-]+\.md\b' | missing document
    files '*.md' |
        named '`[[:alnum:]_./-]+\.([ch]|sh|py|ini|patch|in|build)`' | missing file
    names
)
verdict "$complaints"
