#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that are still missing for one or more jobs:
#
#     sh packaging/install-deps.sh JOB...
#
# A job is one of tests/run.sh, or build, or demo; of those for another
# architecture $JPKI_CROSS says which. Needs root or sudo only where something is
# missing. Where there is no apt-get, it names the tools that are wanted and goes on:
# they may be there under other package names.
set -eu

libraries='libcmocka-dev libinih-dev libjansson-dev libp11-kit-dev libpcsclite-dev libssl-dev libunistring-dev'
build="gcc g++ libc6-dev libpodofo-dev meson pkg-config $libraries"
programs='opensc opensc-pkcs11 openssl'
engine=libengine-pkcs11-openssl
browsers='apache2-bin chromium firefox-esr fonts-dejavu-core imagemagick iproute2
nginx-light openbox python3 tesseract-ocr util-linux vsmartcard-vpcd xdotool xvfb'
nss='libnss3-dev libnss3-tools poppler-utils'

# of_arch PACKAGE...: those of the architecture $JPKI_CROSS.
of_arch() {
    : "${JPKI_CROSS:?names no architecture}"
    printf "%s:$JPKI_CROSS " "$@"
}

# The packages of one job.
packages_for() {
    case $1 in
    build) echo "$build" ;;
    test)
        echo "$build poppler-utils"
        echo "binutils clang clang-format git libnss3-dev musl-tools procps python3 shellcheck"
        echo "$programs"
        ;;
    clients)
        echo "$build $programs $engine $nss curl default-jdk-headless"
        echo 'faketime git gnutls-bin jq libxmlsec1-dev openssh-client p11-kit'
        echo 'p11-kit-modules python3 python3-pykcs11 util-linux wget xmlsec1'
        ;;
    clients-all)
        echo "$build $programs $nss default-jdk-headless git gnupg-pkcs11-scd gpg-agent gpgsm"
        echo 'imagemagick iproute2 libbcpkix-java libpam-p11 libpdfbox2-java'
        echo 'libreoffice-writer nginx-light openssh-client openssh-server openvpn p11-kit'
        echo 'p11-kit-modules pamtester python3 python3-uno tesseract-ocr util-linux'
        echo 'xdotool xmlsec1 xvfb'
        # Not in Debian 12.
        grep -q '^VERSION_CODENAME=bookworm' /etc/os-release || echo pkcs11-provider
        ;;
    browsers)
        echo "$build $programs $browsers libnss3-tools pcscd"
        ;;
    # Beside the package jpki-pkcs11, which brings its own.
    newcomer)
        echo "$programs $browsers libreoffice-writer poppler-utils python3-uno xmlsec1"
        ;;
    daemon) echo "$build $programs pcscd vsmartcard-vpcd iproute2 util-linux" ;;
    sanitize) echo "$build binutils clang libclang-rt-dev llvm" ;;
    replant) echo "$build patch" ;;
    valgrind) echo "$build $programs valgrind libc6-dbg" ;;
    demo) echo "$build $programs $engine curl" ;;
    trees) echo 'debootstrap git util-linux' ;;
    packages)
        echo "$build blhc build-essential debhelper dpkg-dev faketime git lintian ninja-build"
        echo 'p11-kit p11-kit-modules rpm rpmlint'
        ;;
    cross)
        # shellcheck disable=SC2086 # a list of package names
        of_arch libc6-dev libpodofo-dev $libraries
        echo "gcc meson pkg-config qemu-user crossbuild-essential-$JPKI_CROSS"
        echo 'openssl poppler-utils procps python3'
        ;;
    cross-clients)
        # shellcheck disable=SC2086
        of_arch $programs $engine $nss curl faketime gnutls-bin openssh-client
        echo jq
        ;;
    *)
        echo "install-deps.sh: no such job: $1" >&2
        return 2
        ;;
    esac
}

# Those of the packages given that dpkg does not know as installed.
missing_of() {
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" \
            2>/dev/null) || state=absent
        [ "$state" = installed ] || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo 'install-deps.sh: needs root or sudo' >&2
        return 1
    fi
}

# apt-get with its chatter kept back unless it fails.
apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -qq "$@" \
        >"$log" 2>&1
}

install() {
    # Without package lists, or with old ones, a fresh look cures it.
    apt install --no-install-recommends "$@" || {
        apt update && apt install --no-install-recommends "$@"
    }
}

[ $# -gt 0 ] || {
    echo 'usage: install-deps.sh JOB...' \
        '(build|test|clients|clients-all|browsers|daemon|sanitize|valgrind|replant|demo|trees|packages|newcomer|cross|cross-clients)' >&2
    exit 2
}
wanted=
for job in "$@"; do
    wanted="$wanted $(packages_for "$job")"
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo 'This is not a Debian-like system: nothing was installed. Needed are, by'
    echo "their Debian names: $(echo "$wanted" | xargs -n1 | sort -u | xargs)"
    exit 0
fi

# shellcheck disable=SC2046,SC2086 # lists of package names
missing=$(missing_of $(echo $wanted | xargs -n1 | sort -u))
[ -n "$missing" ] || exit 0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
echo "Installing" $missing
# shellcheck disable=SC2086
install $missing || {
    cat "$log" >&2
    echo 'install-deps.sh: the packages could not be installed' >&2
    exit 1
}
