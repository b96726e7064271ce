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
# shellcheck disable=SC2120 # who sources this may give some
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

# use_key ROLE: auth or sign, the key of an adult's card that is used from now on,
# for what these say of it and of the PINs that are tried.
# shellcheck disable=SC2034 # for those who source this
use_key() {
    role=$1
    case $role in
    auth)
        slot=0 right=1234 wrong=9999 malformed=ABC123 tries=3
        label='User Authentication' issuer=ca-auth object=User%20Authentication
        ;;
    sign)
        slot=1 right=ABC123 wrong=WRONG1 malformed=1234 tries=5
        label='Digital Signature' issuer=ca-sign object=Digital%20Signature
        ;;
    *) fail "no key: $role" ;;
    esac
    uri="pkcs11:model=My%20Number%20Card;object=$object"
}

# read_key: the certificate of use_key's key and its CA's, as openssl takes them,
# $work/signer.pem and $work/ca.pem.
read_key() {
    insert adult
    read_cert "$slot" "$right" "$label"
    openssl x509 -inform DER -in "$work/cert.der" -out "$work/signer.pem"
    openssl x509 -inform DER -in "$JPKI_PERSONAS/$issuer/ca.der" -out "$work/ca.pem"
}

# valid_cms OPTION...: of openssl cms, $work/data.p7s, which holds $work/data or is
# of it.
valid_cms() {
    openssl cms -verify -inform DER -in "$work/data.p7s" -purpose any -binary \
        -CAfile "$work/ca.pem" -out "$work/content" "$@" >"$work/output" 2>&1 ||
        fail "$role: CMS is not valid"
    cmp -s "$work/content" "$work/data" || fail "$role: other content"
}

# count_row COMMAND CASE: what the card was sent since new_ledger, as the tables of
# docs/clients.md have it.
count_row() {
    echo "counts: $(basename "$0" .sh | sed 's/^test-//'), $1 $role, $2:" \
        "commands $(awk '$3 ~ /^[0-9A-F][0-9A-F]$/' "$JPKI_VCARD_LEDGER" | wc -l)," \
        "VERIFYs $(sent_pins), signatures $(signing_commands)," \
        "tries left $(tries_left "$role")"
}

# check_pin COMMAND CASE PERSONA PIN VERIFYS SIGNATURES LEFT [TEXT]: on a card of its
# own, with the key of use_key, `COMMAND PIN` makes so many signatures and fails
# where that is none; says TEXT; sends so many PINs, and leaves so many tries.
check_pin() {
    insert "$3"
    new_ledger
    if "$1" "$4"; then
        [ "$6" -gt 0 ] || fail "$1 $role, $2: it did what it should not"
    else
        [ "$6" -eq 0 ] || fail "$1 $role, $2: it failed"
    fi
    [ -z "${8:-}" ] || says "$8"
    expect_sent_pins "$5"
    expect_signing_commands "$6"
    expect_tries "$role" "$7"
    count_row "$1" "$2"
}

# check_refusals COMMAND [TEXT [LOCKED-TEXT]]: a wrong PIN costs one try, one of the
# wrong form and a locked card are sent none, and nothing is signed.
check_refusals() {
    check_pin "$1" wrong adult "$wrong" 1 0 $((tries - 1)) "${2:-}"
    check_pin "$1" 'wrong form' adult "$malformed" 0 0 "$tries" "${2:-}"
    check_pin "$1" locked "locked-$role" "$right" 0 0 0 "${3-${2:-}}"
}

# check_right COMMAND VERIFYS SIGNATURES [TEXT]
check_right() {
    check_pin "$1" right adult "$right" "$2" "$3" "$tries" "${4:-}"
}

# check_both_keys COMMAND [TEXT [LOCKED-TEXT]]: with each key one signature of
# $work/data that is valid, and check_refusals.
check_both_keys() {
    for key_role in auth sign; do
        use_key $key_role
        read_key
        check_right "$1" 2 1
        verify
        check_refusals "$@"
    done
}

# check_value VALUE COMMAND VERIFYS SIGNATURES: of signature_pin, with the right PIN.
check_value() {
    unchanged=$JPKI_PKCS11_CONF
    use_conf "$work/$1" '[pin]' "signature_pin = $1"
    check_pin "$2" "$1" adult "$right" "$3" "$4" "$tries"
    JPKI_PKCS11_CONF=$unchanged
}

# check_every COMMAND: where `every` wants a PIN that the program does not give, the
# right one for the log-in signs nothing.
check_every() {
    check_value every "$1" 1 0
}

# check_values COMMAND EVERY ONCE [SIGNATURES]: a program that gives the PIN whenever
# it is wanted signs with `every` and `once` too, and sends it so often.
check_values() {
    check_value every "$1" "$2" "${4:-1}"
    check_value once "$1" "$3" "${4:-1}"
}

# wait_until COMMAND...: it succeeds within ten seconds; fails where it does not.
wait_until() {
    for _ in $(seq 100); do
        ! "$@" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
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
