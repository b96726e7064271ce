# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # for those that source this
# What every test of the packages begins with, in a tree where it is root.
set -eu
made=/build/packages # by the tests before
name=jpki-pkcs11
version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" /source/meson.build)

fail() {
    echo "FAIL: $*"
    exit 1
}

# quietly COMMAND...: its output is shown only if it fails.
quietly() {
    "$@" >"$made/log" 2>&1 || {
        tail -n 60 "$made/log"
        fail "$*"
    }
}

# same FILE FILE WHAT
same() {
    cmp "$1" "$2" || fail "$3 differs"
}

# apt ARGUMENT...
apt() {
    quietly apt-get -y -q "$@"
}

# listing: all that is on this system and what is in it, but for the package
# manager's own books, logs and caches, and the source, which is not of the system.
listing() {
    set -- -xdev '(' -path /build -o -path /source -o -path /var/lib/apt -o \
        -path /var/cache -o -path /var/log -o -path '/var/lib/dpkg/status*' -o \
        -path '/var/lib/dpkg/available*' -o -path '/var/lib/dpkg/lock*' \
        ')' -prune -o
    find / "$@" -printf '%p %y %m %u:%g %l\n' | sort
    find / "$@" -type f -print0 | sort -z | xargs -0 sha256sum
}

# expect_listing FILE AFTER-WHAT
expect_listing() {
    listing >"$made/listing"
    diff "$1" "$made/listing" || fail "$2: the system is not as before"
}

deb() {
    echo "$made/deb/$1"_*.deb
}
