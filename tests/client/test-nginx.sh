#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# nginx as the README sets it up, with the CA's certificate read from the card: it
# lets the holder in, by curl. With SHA-512 first among its algorithms it does not.
. "$(dirname "$0")/common.sh"
. "$here/server.sh"
PATH=$PATH:/usr/sbin:/usr/local/sbin
skip_without curl nginx
PKCS11_MODULE_PATH=$JPKI_MODULE
export PKCS11_MODULE_PATH
openssl engine pkcs11 >/dev/null 2>&1 || skip 'no PKCS#11 engine for OpenSSL'

# read_ca: $work/auth-ca.pem, as the README has it.
read_ca() {
    printf '[slots]\nca_certificates = both\n' >"$work/both"
    JPKI_PKCS11_CONF=$work/both tool --slot-index 0 --read-object --type cert \
        --label 'User Authentication CA' --output-file "$work/auth-ca.der" ||
        fail 'no certificate of the CA'
    cmp -s "$work/auth-ca.der" "$JPKI_PERSONAS/ca-auth/ca.der" || fail 'another certificate'
    openssl x509 -inform DER -in "$work/auth-ca.der" -out "$work/auth-ca.pem"
}

# start_nginx ALGORITHMS: that it takes from clients, its choice first.
start_nginx() {
    stop_server
    port=$(free_port)
    cat >"$work/nginx.conf" <<END
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http {
    access_log off;
    client_body_temp_path $work/t1;
    proxy_temp_path $work/t2;
    fastcgi_temp_path $work/t3;
    uwsgi_temp_path $work/t4;
    scgi_temp_path $work/t5;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/server.pem;
        ssl_certificate_key $work/server.key;
        ssl_client_certificate $work/auth-ca.pem;
        ssl_verify_client on;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_conf_command ClientSignatureAlgorithms $1;
        location / { return 200 "\$ssl_protocol \$ssl_client_verify"; }
    }
}
END
    rm -f "$work/nginx.pid"
    nginx -p "$work" -c "$work/nginx.conf" >"$work/output" 2>&1 &
    server=$!
    wait_until [ -s "$work/nginx.pid" ] || fail 'no nginx'
}

# page PIN
page() {
    on_card curl --silent --show-error --cacert "$work/server.pem" --pass "$1" \
        --cert "$uri;type=cert" --key "$uri;type=private" "https://127.0.0.1:$port/" \
        </dev/null && grep -q SUCCESS "$work/output"
}

insert adult
use_key auth
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$work/server.key" \
    -out "$work/server.pem" 2>/dev/null
read_ca
start_nginx RSA-PSS+SHA512:RSA-PSS+SHA256
check_pin page 'SHA-512 first' adult 1234 1 0 3 echanism
start_nginx RSA-PSS+SHA256:RSA+SHA256
check_right page 2 1 'TLSv1.3 SUCCESS'
echo ok
