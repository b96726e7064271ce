#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two hosts, each with a network of its own, and ssh between them. The card is in
# the near one: a program of the far one signs with it through p11-kit's socket,
# which `ssh -R` has taken there. And the card in the far one: every program on
# p11-kit signs with it, which starts `p11-kit remote` there by ssh. Both keys; a
# wrong PIN costs one try, one of the wrong form and a locked card none.
if [ -z "${JPKI_OWN_NETWORK:-}" ] && unshare -n true 2>/dev/null; then
    JPKI_OWN_NETWORK=yes exec unshare -n sh "$0"
fi
. "$(dirname "$0")/common.sh"
[ "${JPKI_OWN_NETWORK:-}" ] || skip 'no namespaces here'
. "$here/sshd.sh"
. "$here/p11-kit.sh"
. "$here/remote.sh"
skip_without ip nsenter
host=
at_exit="$at_exit stop_host"

stop_host() {
    [ -z "$host" ] || kill "$host" 2>/dev/null || true
    host=
}

# start_far: 192.0.2.2, and a way to it from here, 192.0.2.1.
start_far() {
    unshare -n sleep 600 &
    host=$!
    while [ "$(readlink "/proc/$host/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do
        sleep 0.1
    done
    ip link add near type veth peer name far netns "$host"
    ip address add 192.0.2.1/24 dev near
    ip link set near up
    nsenter -n -t "$host" ip address add 192.0.2.2/24 dev far
    nsenter -n -t "$host" ip link set far up
    ssh-keygen -q -t ed25519 -N '' -f "$work/login"
    cp "$work/login.pub" "$work/authorized_keys"
    start_sshd 192.0.2.2 22 nsenter -n -t "$host"
}

# at_far [OPTION...] COMMAND: of ssh.
at_far() {
    ssh -F "$work/ssh_config" -i "$work/login" "$@" </dev/null >"$work/output" 2>&1
}

# sign_words MODULE PIN: the command that signs.
sign_words() {
    echo "pkcs11-tool --module $1 --slot-index $slot --login --pin $2 --sign \
        --mechanism SHA256-RSA-PKCS --input-file $work/data \
        --output-file $work/signature"
}

# sign_there PIN: in the far host, with the near card.
sign_there() {
    start_remote
    rm -f "$work/far-socket"
    at_far -R "$work/far-socket:$work/socket" far \
        "P11_KIT_SERVER_ADDRESS=unix:path=$work/far-socket $(sign_words "$client" "$1")"
}

# sign_here PIN: in the near host, with the far card.
sign_here() {
    # shellcheck disable=SC2046 # words
    only_module $(sign_words "$proxy" "$1") >"$work/output" 2>&1
}

# check COMMAND
check() {
    rm -f "$work/signature"
    check_right "$1" 2 1
    verify
    check_refusals "$1" CKR_PIN_ CKR_PIN_LOCKED
}

echo data >"$work/data"
start_far
proxy=$(find /usr/lib -name p11-kit-proxy.so | head -n 1)
cat >"$work/p11-kit-remote" <<END
LD_LIBRARY_PATH=$JPKI_VCARD_LIB JPKI_VCARD=$card JPKI_VCARD_LEDGER=$work/ledger \
    JPKI_PKCS11_CONF=$JPKI_PKCS11_CONF exec p11-kit remote $JPKI_MODULE
END
echo "remote: |ssh -F $work/ssh_config -i $work/login far sh $work/p11-kit-remote" \
    >"$work/modules/jpki.module"
for name in auth sign; do
    use_key $name
    read_key
    check sign_there
    check sign_here
done
echo ok
