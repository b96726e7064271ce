# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work
# For the tests of programs that find the module through p11-kit: sourced after
# common.sh.
unshare -m true 2>/dev/null || skip 'no namespaces here'
modules=/usr/share/p11-kit/modules
[ -d "$modules" ] || skip 'no p11-kit'
mkdir "$work/modules"
echo "module: $JPKI_MODULE" >"$work/modules/jpki.module"

# only_module COMMAND...: where that file is p11-kit's only one. It heeds no file
# of root's own.
only_module() {
    # shellcheck disable=SC2016
    unshare -m sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' \
        "$work/modules" "$modules" "$@"
}
