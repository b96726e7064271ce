# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the lint scripts share; they source it. Each is called with the root of
# the tree to look at, prints one line for each thing it minds, and exits 0 for
# none, 1 for some, 77 where the tool it needs is not there.

LC_ALL=C
export LC_ALL

cd "${1:?usage: $0 TREE}" || exit

# files NAME-PATTERN...: the tree's own files of these names. A tree may lie in
# a tar ball, so git is not asked; meson leaves its mark in build directories.
files() {
    for pattern in "$@"; do
        find . -path ./.git -prune -o \
            -type d -exec test -d '{}/meson-private' ';' -prune -o \
            -type f -name "$pattern" -print
    done | sed 's,^\./,,' | sort -u
}

# Everything that is ours to write: what git would list, less data.
texts() {
    files '*' | grep -vE '\.(der|pem|bin)$|^LICENSE$' | grep -v '~$'
}

scripts() {
    {
        files '*.sh'
        files run | grep '^\.ci/' || true
    } | sort -u
}

# skip_without TOOL
skip_without() {
    command -v "$1" >/dev/null || {
        echo "skipped: no $1 here"
        exit 77
    }
}

# verdict COMPLAINTS: prints them, ends the script.
verdict() {
    [ -n "$1" ] || exit 0
    printf '%s\n' "$1"
    exit 1
}
