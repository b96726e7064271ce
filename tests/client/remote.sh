# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work
# p11-kit's server, beside the card: sourced after common.sh. $client is the
# module for the other end.
skip_without p11-kit
client=$(find /usr/lib -name p11-kit-client.so | head -n 1)
[ -n "$client" ] || skip 'no client of p11-kit'
remote=
at_exit="$at_exit stop_remote"

stop_remote() {
    [ -n "$remote" ] || return 0
    kill "$remote" 2>/dev/null || true
    wait "$remote" || true
    remote=
}

# is_listening SOCKET: it takes connections, which its name alone does not say: bind(2)
# makes that (the flag is __SO_ACCEPTCON).
is_listening() {
    grep -q " 00010000 .* $1\$" /proc/net/unix
}

# start_remote: for the card that is in, at $work/socket.
start_remote() {
    stop_remote
    rm -f "$work/socket"
    # No function: $! would be a shell's, and not the server's.
    LD_LIBRARY_PATH=$JPKI_VCARD_LIB JPKI_VCARD=$card \
        p11-kit server --foreground --name "$work/socket" \
        --provider "$JPKI_MODULE" 'pkcs11:model=My%20Number%20Card' \
        >"$work/server" 2>&1 &
    remote=$!
    wait_until is_listening "$work/socket" || fail 'no server'
}
