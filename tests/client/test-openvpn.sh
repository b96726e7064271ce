#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OpenVPN, whose server wants a certificate of the card's CA: it gets in by TLS
# 1.2 and 1.3 with one prompt, for the authentication PIN. A wrong PIN costs one
# try, however often OpenVPN asks, one of the wrong form none, and for a locked
# card it does not ask.
. "$(dirname "$0")/common.sh"
PATH=$PATH:/usr/sbin
skip_without openvpn
python=/usr/bin/python3
far=
near=
at_exit="$at_exit stop_tunnel"

stop_tunnel() {
    for process in $near $far; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    near=
    far=
}

# start_far VERSION: of TLS; a server without a network device.
start_far() {
    [ -e "$work/server.pem" ] ||
        openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=far \
            -keyout "$work/server.key" -out "$work/server.pem" 2>/dev/null
    openssl x509 -inform DER -in "$card/ef/000B" -out "$work/ca.pem"
    port=$(free_port)
    openvpn --dev null --proto udp4 --local 127.0.0.1 --lport "$port" \
        --tls-server --dh none --tls-version-min "$1" --tls-version-max "$1" \
        --cert "$work/server.pem" --key "$work/server.key" --ca "$work/ca.pem" \
        --remote-cert-ku 0080 --verb 3 </dev/null >"$work/far" 2>&1 &
    far=$!
}

# connect PIN: as a person does who types this PIN whenever it is asked for.
connect() {
    rm -f "$work/front"
    with_card openvpn --dev null --proto udp4 --remote 127.0.0.1 "$port" --nobind \
        --tls-client --ca "$work/server.pem" --pkcs11-providers "$JPKI_MODULE" \
        --pkcs11-id "$id" --management "$work/front" unix --management-hold \
        --management-query-passwords --verb 3 </dev/null >"$work/near" 2>&1 &
    near=$!
    status=0
    "$python" "$here/vpn.py" "$work/front" "$1" >"$work/output" 2>&1 || status=$?
    wait "$near" || true
    near=
    cat "$work/near" >>"$work/output"
    return $status
}

# expect_prompts LEAST MOST
expect_prompts() {
    prompts=$(grep -c "^>PASSWORD:Need 'JPKI Auth (4-digit PIN) .* token'" \
        "$work/output" || true)
    expect_within "$prompts" "$1" "$2" prompts
}

# tunnel PIN: by TLS $tls; it asks three times at most.
tunnel() {
    start_far "$tls"
    connected=0
    connect "$1" || connected=1
    grep -q 'VERIFY OK: depth=0' "$work/far" || connected=1
    stop_tunnel
    expect_prompts 0 3
    return $connected
}

insert adult
use_key auth
on_card openvpn --show-pkcs11-ids "$JPKI_MODULE" || fail 'no list'
id=$(sed -n 's/^ *Serialized id: *//p' "$work/output")
[ "$(echo "$id" | wc -l)" = 1 ] || fail 'not one id'
for tls in 1.2 1.3; do
    check_right tunnel 2 1
    expect_prompts 1 1
done
# It looks for a card whose PIN can be used.
check_refusals tunnel 'TLS handshake failed' 'Please insert JPKI Auth'
expect_prompts 0 0
echo ok
