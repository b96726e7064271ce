# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by the findings that run Java.

# link_configuration ROOT: of a Java that was unpacked to ROOT, an absolute path;
# Debian keeps it in /etc.
link_configuration() {
    find "$1/usr/lib/jvm" -type l | while read -r link; do
        target=$(readlink "$link")
        case $target in
        /etc/*) ln -sf "$1$target" "$link" ;;
        esac
    done
}
