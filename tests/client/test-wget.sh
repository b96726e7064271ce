#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wget, which uses GnuTLS and finds the module through p11-kit: the page, without
# a prompt. A wrong PIN costs one try, one of the wrong form and a locked card none,
# and get no page.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
. "$here/p11-kit.sh"
skip_without wget
uri='pkcs11:model=My%20Number%20Card;object=User%20Authentication'

# page PIN
page() {
    rm -f "$work/page"
    on_card only_module wget --tries=1 --ca-certificate="$work/server.pem" \
        --certificate="$uri;type=cert" -O "$work/page" \
        --private-key="$uri;type=private;pin-value=$1" "https://127.0.0.1:$port" &&
        grep -q 'Cipher is' "$work/page"
}

insert adult
use_key auth
for version in -tls1_2 -tls1_3; do
    start_tls_server "$version"
    # One to try the key, one for the server.
    check_right page 3 2
done
check_refusals page
echo ok
