#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each row of the table of sentences, conf/words_*.h, is used somewhere and has a
# name of its own; what it says in Japanese is not English. That both languages
# take the same arguments is the compiler's work. What the log warns of is a row,
# or data only.
set -eu
. "$(dirname "$0")/common.sh"

# rows: FILE:NAME:WITHOUT for each row, WITHOUT: yes where no byte of it lies
# beyond ASCII.
rows() {
    files 'words_*.h' | xargs -r awk '
        function end_row() {
            if (name != "")
                print file ":" name ":" (text ~ /[\200-\377]/ ? "" : "yes")
            name = ""
        }
        /^#define W_/ { end_row(); name = $2; file = FILENAME; text = "" }
        { text = text $0 }
        !/\\$/ { end_row() }'
}

# Words of all code, but of the table itself.
uses=$(files '*.[ch]' | grep -v '^conf/words_[^/]*\.h$' |
    xargs -r grep -ohE '\bW_[A-Z0-9_]+|TOK_[A-Z_]+' | sort -u)
# FILE: words that a warning or an error has in English alone.
english_only() {
    files '*.c' | grep -v '^tests/' | while read -r file; do
        tr '\n' ' ' <"$file" |
            grep -oE '\blog_(warn|error|report)\( *"[^"]*"' |
            sed 's/%[-.*0-9]*[a-z]//g' | grep -E '"[^"]*[A-Za-z]' |
            sed "s,^,$file: not a row of conf/words_log.h: ," || true
    done
}

complaints=$(
    english_only
    rows | while IFS=: read -r file name without; do
        [ -z "$without" ] || echo "$file: $name: not in Japanese"
        # Rows of errors are used by the error's name.
        printf '%s\n' "$uses" | grep -qxF -e "$name" -e "${name#W_}" ||
            echo "$file: $name: not used"
    done
    rows | cut -d: -f2 | sort | uniq -d | sed 's/$/: two rows of one name/'
)
verdict "$complaints"
