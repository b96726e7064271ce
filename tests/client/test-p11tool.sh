#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# GnuTLS's p11tool and certtool with both keys, each where the configuration shows
# its slot only: a trial signature, a request and a CMS, which openssl verifies. A
# wrong PIN costs one try, one of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
skip_without certtool p11tool

# gnutls PIN COMMAND...: without a terminal.
gnutls() {
    given=$1
    shift
    GNUTLS_PIN=$given on_card "$@" --provider "$JPKI_MODULE" </dev/null
}

p11tool_trial() {
    gnutls "$1" p11tool --login --test-sign "$key"
}

request() {
    gnutls "$1" certtool --generate-request --load-privkey "$key" \
        --template "$work/template" --outfile "$work/request"
}

cms() {
    gnutls "$1" certtool --p7-sign --load-privkey "$key" --outder \
        --load-certificate "$work/signer.pem" --infile "$work/data" \
        --outfile "$work/data.p7s"
}

# check ROLE
check() {
    use_key "$1"
    JPKI_PKCS11_CONF=$installed
    read_key
    use_conf "$work/conf" '[slots]' "show = $1" '[log]' "file = $work/log"
    key="$uri;type=private"
    check_right p11tool_trial 2 1 'Verifying against private key parameters... ok'
    check_refusals p11tool_trial 'Wrong PIN has been provided' 'PIN locked'
    logged "the $1 PIN is locked"
    check_right request 2 1
    openssl req -verify -noout -in "$work/request" >"$work/output" 2>&1 ||
        fail "$1: the request is not valid"
    check_right cms 2 1
    valid_cms
    check_refusals cms
}

installed=$JPKI_PKCS11_CONF
echo data >"$work/data"
echo 'cn = me' >"$work/template"
check auth
check sign
check_values p11tool_trial 3 2
echo ok
