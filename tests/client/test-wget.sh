#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wget, which uses GnuTLS and finds the module through p11-kit: the page, without
# a prompt; a wrong PIN costs one try and gets no page.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
. "$here/p11-kit.sh"
skip_without wget
uri='pkcs11:model=My%20Number%20Card;object=User%20Authentication'

# page PIN
page() {
    on_card only_module wget --tries=1 --ca-certificate="$work/server.pem" \
        --certificate="$uri;type=cert" -O "$work/page" \
        --private-key="$uri;type=private;pin-value=$1" "https://localhost:$port"
}

insert adult
for version in -tls1_2 -tls1_3; do
    start_tls_server "$version"
    new_ledger
    page 1234 || fail "$version: no page"
    grep -q 'Cipher is' "$work/page" || fail "$version: another page"
    # One to try the key, one for the server.
    expect_signing_commands 2
done
new_ledger
! page 9999 || fail 'a page with a wrong PIN'
expect_sent_pins 1
expect_signing_commands 0
expect_tries auth 2
echo ok
