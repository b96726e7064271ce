# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What every client test begins with, which sources this first.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../vcard/card.sh"
: "${JPKI_MODULE:?is not set}"
skip_without pkcs11-tool

tool() {
    on_card pkcs11-tool --module "$JPKI_MODULE" "$@"
}

# read_cert SLOT-INDEX PIN LABEL: $work/key.pem is its public key.
read_cert() {
    tool --slot-index "$1" --login --pin "$2" --read-object --type cert \
        --label "$3" --output-file "$work/cert.der" || fail 'no certificate'
    openssl x509 -inform DER -in "$work/cert.der" -noout -pubkey \
        >"$work/key.pem" || fail 'no certificate'
}

# verify OPTION...: of openssl dgst, the signature of $work/data.
verify() {
    openssl dgst -sha256 "$@" -verify "$work/key.pem" \
        -signature "$work/signature" "$work/data" >"$work/output" ||
        fail 'the signature does not verify'
}

# token_label SLOT-INDEX: what pkcs11-tool shows of the card that is in.
token_label() {
    tool -L || fail 'no list of slots'
    sed -n 's/^ *token label *: //p' "$work/output" | sed -n "$(($1 + 1))p"
}

# signing_commands: how many the card was sent, without the module's probes,
# which have 1 or 255 bytes of data.
signing_commands() {
    awk '$3 == "2A" && $6 != 1 && $6 != 255' "$JPKI_VCARD_LEDGER" | wc -l
}

# expect_signing_commands N: no more and no fewer.
expect_signing_commands() {
    sent=$(signing_commands)
    [ "$sent" -eq "$1" ] || fail "$sent signing commands, not $1"
}

# expect_last_try_kept SLOT-INDEX ROLE: one try is left, and the status object
# names the key of the configuration with which a person can use it.
expect_last_try_kept() {
    expect_tries "$2" 1
    tool --slot-index "$1" --read-object --type data --label 'JPKI status' ||
        fail 'no status'
    says last_try
}

# keep_log: the module writes its log to $work/log from now on.
keep_log() {
    use_conf "$work/conf" '[log]' "file = $work/log"
}

# logged TEXT: the log has it somewhere.
logged() {
    grep -qF -- "$1" "$work/log" || fail "the log does not say: $1"
}

# free_port: one on 127.0.0.1 that nobody listens on, TCP and UDP.
free_port() {
    /usr/bin/python3 -c '
import socket
tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
tcp.bind(("127.0.0.1", 0))
udp.bind(tcp.getsockname())
print(tcp.getsockname()[1])'
}

# expect_within N LEAST MOST WHAT
expect_within() {
    if [ "$1" -lt "$2" ] || [ "$1" -gt "$3" ]; then
        fail "$1 $4, not $2 to $3"
    fi
}
