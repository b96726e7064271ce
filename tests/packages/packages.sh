#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh [TEST...]
#
# Makes the tar ball, the Debian packages and the rpms of this source in a tree of
# the Debian release $JPKI_PACKAGES_RELEASE (default: bookworm), installs the Debian
# packages in bare trees of it, and removes them. Each test-*.sh beside this is a
# TEST; without one, all of them. The trees are those of tests/trees/common.sh; what
# was built stays in packages-RELEASE/build/packages there.
set -eu

. "$(dirname "$0")/../trees/common.sh"
release=${JPKI_PACKAGES_RELEASE:-bookworm}
tools=packages-$release
passed=0
failed=0
skipped=0

# In order: what a test makes, the next ones take.
tests='dist deb lintian reproducible rpm ninja install purge autopkgtest newcomer'

finish() {
    summary="$passed passed, $failed failed"
    [ "$skipped" -eq 0 ] || summary="$summary, $skipped skipped"
    echo "$summary"
    [ "$failed" -eq 0 ]
    exit
}

# give_up REASON
give_up() {
    echo "packages.sh: skipped: $1"
    skipped=1
    finish
}

# What git would take of the source, which may have changes, to $made/source.
export_source() {
    rm -rf "$made"
    mkdir -p "$made/source"
    git -C "$top" ls-files -z --cached --others --exclude-standard |
        tar -C "$top" --null -T - -cf - | tar -C "$made/source" -xf -
}

make_tools() {
    make_tree "$tools" "$release" || give_up "debootstrap cannot make $release"
    inside "$tools" - sh /source/packaging/install-deps.sh packages ||
        give_up 'no tools for packages'
}

# make_bare: a tree that has never seen a package of ours, and beside it what was
# built.
make_bare() {
    rm -rf "$trees/packages-bare"
    make_tree packages-bare "$release"
    mkdir -p "$trees/packages-bare/build/packages/deb"
    find "$made/deb" -maxdepth 1 -type f \
        -exec cp '{}' "$trees/packages-bare/build/packages/deb/" ';'
}

# run_test NAME: in the tree that it is for.
run_test() {
    tree=$tools
    case $1 in
    install | purge | autopkgtest | newcomer)
        make_bare
        tree=packages-bare
        ;;
    esac
    echo "== packages: $1"
    status=0
    inside "$tree" - sh "/source/tests/packages/test-$1.sh" || status=$?
    case $status in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) ;;
    *)
        failed=$((failed + 1))
        echo "packages.sh: $1 failed"
        ;;
    esac
    rm -rf "$trees/packages-bare"
}

reason=$(why_none)
[ -z "$reason" ] || give_up "$reason"
git -C "$top" rev-parse >/dev/null 2>&1 || give_up 'not in a git repository'
mkdir -p "$trees"
make_tools
made=$trees/$tools/build/packages
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2086 # words
    set -- $tests
fi
case $1 in
dist) export_source ;;
esac
for one in "$@"; do
    run_test "$one"
done
finish
