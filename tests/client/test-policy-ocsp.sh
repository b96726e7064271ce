#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OpenSSL's responder tells whether a card may sign; one that is silent keeps
# nobody for long.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
. "$here/policy.sh"

# record V|R PERSONA [REASON]: what the responder knows of the persona's signing
# certificate, in the form of openssl's ca command.
record() {
    serial=$(openssl x509 -inform DER -in "$JPKI_PERSONAS/$2/ef/0001" \
        -noout -serial)
    revoked=
    [ "$1" = V ] || revoked=200101000000Z${3:+,$3}
    printf '%s\t491231235959Z\t%s\t%s\tunknown\t/CN=%s\n' \
        "$1" "$revoked" "${serial#serial=}" "$2" >>"$work/index.txt"
}

# respond OPTION...: a responder for the CA that has signed the personas'
# certificates, on a free port, $url.
respond() {
    openssl x509 -inform DER -in "$JPKI_PERSONAS/ca-sign/ca.der" \
        -out "$work/ca.pem"
    start_server openssl ocsp -port 0 -index "$work/index.txt" \
        -CA "$work/ca.pem" -rsigner "$work/ca.pem" \
        -rkey "$JPKI_PERSONAS/ca-sign/key.pem" -nmin 5 "$@"
    url=http://127.0.0.1:$port
}

now_ms() {
    echo $(($(date +%s%N) / 1000000))
}

# Good, revoked, unknown, and a CRL that settles it without being asked twice.
check_answers() {
    record V adult
    record R changed-address affiliationChanged
    record R on-hold certificateHold
    respond
    configure "ocsp = $url" 'revocation = require'
    insert adult
    allowed
    status '"revocation":"good"'
    insert changed-address
    refused revoked 'a recorded fact has changed'
    status '"revocation":"revoked (affiliationChanged)"'
    insert on-hold
    refused revoked 'suspended'
    status '"revocation":"revoked (certificateHold)"'
    insert phone
    refused revocation-unknown 'No current CRL or OCSP answer'
    configure "ocsp = $url" 'revocation = if-available'
    allowed
    status '"revocation":"unknown"'
}

# Every answer has a broken signature.
check_forged_answers() {
    respond -badsig
    configure "ocsp = $url" 'revocation = require'
    insert adult
    refused revocation-unknown 'No current CRL or OCSP answer'
    configure "ocsp = $url" 'revocation = if-available'
    insert changed-address
    allowed
}

# The kernel takes the connection, and nobody answers.
check_silence() {
    timeout=1
    respond
    kill -STOP "$server"
    insert adult
    configure
    start=$(now_ms)
    sign || fail 'no signature'
    alone=$(($(now_ms) - start))
    configure "ocsp = $url" "ocsp_timeout = $timeout"
    start=$(now_ms)
    sign || fail 'no signature'
    took=$(($(now_ms) - start))
    # Asked at the log-in and at C_SignInit.
    echo "silent responder, ocsp_timeout = $timeout: $((took - alone)) ms" \
        "for a log-in and a signature, which take $alone ms without"
    [ $took -lt $((alone + 2 * (timeout + 1) * 1000 + 5000)) ] ||
        fail 'the responder kept it too long'
    [ $took -ge $((timeout * 1000)) ] || fail 'the responder was not asked'
    stop_server
    configure "ocsp = $url" 'revocation = require'
    refused revocation-unknown 'No current CRL or OCSP answer'
}

check_answers
check_forged_answers
check_silence
echo ok
