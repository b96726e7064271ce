#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# curl with OpenSSL's PKCS#11 engine, which initializes the module again for each
# URL: three pages with the right PIN; one try for three pages with a wrong one,
# none with one of the wrong form and for a locked card; and a loop of processes
# with a wrong PIN leaves the last try.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/tls-server.sh"
skip_without curl
PKCS11_MODULE_PATH=$JPKI_MODULE
export PKCS11_MODULE_PATH
. "$here/engine.sh"

# pages PIN: asks for three, with the authentication key.
pages() {
    rm -f "$work/a" "$work/b" "$work/c"
    set -- "$1" "https://127.0.0.1:$port"
    on_card curl --silent --show-error --fail --cacert "$work/server.pem" \
        --cert "$token;type=cert" --key "$token;type=private" --pass "$1" \
        -o "$work/a" "$2/a" -o "$work/b" "$2/b" -o "$work/c" "$2/c" </dev/null
}

insert adult
use_key auth
token='pkcs11:model=My%20Number%20Card;object=User%20Authentication'
# Without resumption, of which not every version of curl makes use.
start_tls_server -tls1_2 -no_ticket -no_cache

# curl 8 logs in anew for each of them.
case $(curl --version) in
'curl 7.'*) check_right pages 4 3 ;;
*) check_right pages 6 3 ;;
esac
for page in a b c; do
    grep -q 'Cipher is' "$work/$page" || fail "page $page"
done
check_refusals pages "$engine_refusal"
for page in a b c; do
    [ ! -s "$work/$page" ] || fail "page $page without the PIN"
done

insert adult
new_ledger
! pages 9999 || fail 'pages with a wrong PIN'
pages 1234 || fail 'no pages after a wrong PIN'
expect_tries auth 3

new_ledger
for _ in 1 2 3 4 5 6; do
    ! pages 9999 || fail 'pages with a wrong PIN'
done
expect_sent_pins 2
expect_last_try_kept 0 auth
echo ok
