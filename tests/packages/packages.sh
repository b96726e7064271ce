#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh [TEST...]
#
# Makes the tar ball, the Debian packages and the rpms of this source in a tree of
# the Debian release $JPKI_PACKAGES_RELEASE (default: bookworm), installs the Debian
# packages in bare trees of it, and removes them. Each test-*.sh beside this is a
# TEST; without one, all of them. "dist" takes the source anew, and "deb" makes the
# packages; a TEST without them has what was made last. The trees are those of
# tests/trees/common.sh; what was built stays in packages-RELEASE/build/packages there.
set -eu

. "$(dirname "$0")/../trees/common.sh"
. "$top/tests/sums.sh"
release=${JPKI_PACKAGES_RELEASE:-bookworm}
tools=packages-$release
bare=packages-bare-$release

# In order: what a test makes, the next ones take.
tests='dist deb lintian reproducible rpm ninja install purge autopkgtest newcomer'

# give_up REASON
give_up() {
    echo "packages.sh: skipped: $1"
    skipped=1
    print_sums
    exit
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
    rm -rf "${trees:?}/$bare"
    make_tree "$bare" "$release"
    mkdir -p "$trees/$bare/build/packages/deb"
    find "$made/deb" -maxdepth 1 -type f \
        -exec cp '{}' "$trees/$bare/build/packages/deb/" ';'
}

# run_test NAME: in the tree that it is for.
run_test() {
    tree=$tools
    case $1 in
    install | purge | autopkgtest | newcomer)
        make_bare
        tree=$bare
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
    rm -rf "${trees:?}/$bare"
}

for one in "$@"; do
    echo "$tests" | tr ' ' '\n' | grep -qxF -e "$one" || {
        echo "packages.sh: no such test: $one" >&2
        exit 2
    }
done
reason=$(why_none)
[ -z "$reason" ] || give_up "$reason"
git -C "$top" rev-parse >/dev/null 2>&1 || give_up 'not in a git repository'
made=$trees/$tools/build/packages
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2086 # words
    set -- $tests
fi
case $1 in
dist) wanted=$trees ;;
deb) wanted=$made/source ;;
*) wanted=$made/deb ;;
esac
mkdir -p "$trees"
[ -d "$wanted" ] || {
    echo 'packages.sh: nothing was made yet: begin with dist and deb' >&2
    exit 2
}
make_tools
[ "$1" != dist ] || export_source
for one in "$@"; do
    run_test "$one"
done
print_sums
