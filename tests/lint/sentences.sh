#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each row of the table of sentences, conf/words_*.h, is used somewhere and has a
# name of its own; what it says in Japanese is not English. That both languages
# take the same arguments is the compiler's work.
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
complaints=$(
    rows | while IFS=: read -r file name without; do
        [ -z "$without" ] || echo "$file: $name: not in Japanese"
        # Rows of errors are used by the error's name.
        printf '%s\n' "$uses" | grep -qxF -e "$name" -e "${name#W_}" ||
            echo "$file: $name: not used"
    done
    rows | cut -d: -f2 | sort | uniq -d | sed 's/$/: two rows of one name/'
)
verdict "$complaints"
