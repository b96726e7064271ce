# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # for those that source this
# Sourced by the findings that compare packages of Debian 12, on which they run, with
# those of Debian 13: get_packages has them in $work/12/root and $work/13/root.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# apt13 COMMAND...: apt-get with Debian 13's packages, from where 12's come.
apt13() {
    apt-get -q -o Dir::Etc::sourcelist="$work/apt/sources.list" \
        -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/apt/lists" \
        -o Dir::Cache="$work/apt" "$@"
}

# get_packages PACKAGES-OF-12 PACKAGES-OF-13: each with its version.
# shellcheck disable=SC2086 # words
get_packages() {
    site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' |
        grep '/debian/*$' | head -n 1)
    mkdir -p 12 13 apt/lists/partial
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "$site trixie main" >apt/sources.list
    {
        (cd 12 && apt-get -q download $1) && apt13 update &&
            (cd 13 && apt13 download $2)
    } >log 2>&1 || {
        echo "the packages cannot be had here:"
        cat log
        exit 77
    }
    for package in 12/*.deb 13/*.deb; do
        dpkg-deb -x "$package" "${package%/*}/root"
    done
    libraries12=$work/12/root/usr/lib/x86_64-linux-gnu
    libraries13=$work/13/root/usr/lib/x86_64-linux-gnu
}
