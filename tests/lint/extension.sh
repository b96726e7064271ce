#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The sentences of the browser extension: each that it names is in each language,
# as an unknown one shows as nothing, and each that is there is named.
set -eu
. "$(dirname "$0")/common.sh"

folder=tool/bridge/extension

# found PATTERN FILE...: what stands between the last two quotes of each find.
found() {
    pattern=$1
    shift
    grep -ohE "$pattern" "$@" | sed 's/^.*"\([^"]*\)"$/\1/' || true
}

# By a function that takes a name; as a word of the kind that names are, but for
# those of pages and browsers; in a page; in the manifest.
named() {
    found '\b(getMessage|refuse|words)\("[A-Za-z]+"' "$folder"/*.js
    found '"[a-z]+[A-Z][A-Za-z]*"' "$folder"/*.js |
        grep -vxE 'appVersion|launchApp|recvMsg|userAgent' || true
    found 'data-words="[A-Za-z]+"' "$folder"/*.html
    grep -ohE '__MSG_[A-Za-z]+__' "$folder/manifest.json" |
        sed 's/^__MSG_\(.*\)__$/\1/' || true
}

# rows FILE: the names of its sentences.
rows() {
    sed -n 's/^  "\([A-Za-z]*\)": {$/\1/p' "$1"
}

# missing SOME OTHERS: lines of SOME that are none of OTHERS.
missing() {
    printf '%s\n' "$1" | grep -vxF -e "$2" || true
}

[ -d "$folder" ] || exit 0
names=$(named | sort -u)
complaints=$(
    for file in "$folder"/_locales/*/messages.json; do
        there=$(rows "$file")
        missing "$names" "$there" | sed "s,^,$file: no sentence ,"
        missing "$there" "$names" | sed "s,^,$file: nothing names ,"
    done
)
verdict "$complaints"
