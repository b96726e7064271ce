# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work and $card
# For the tests that start one of openssl's servers, on port 0: sourced
# after common.sh.
server=
at_exit="$at_exit stop_server"

# start_server COMMAND...: in the place of the one before. $server is its process
# and $port where it listens, which it has said when this returns.
start_server() {
    stop_server
    server_log=$work/server.log
    # There before anybody reads it, and with nothing from the one before.
    : >"$server_log"
    "$@" </dev/null >>"$server_log" 2>&1 &
    server=$!
    looks=300
    while [ "$looks" -gt 0 ] && kill -0 "$server" 2>/dev/null; do
        port=$(sed -n 's/^ACCEPT .*:\([0-9][0-9]*\).*/\1/p' "$server_log")
        [ -z "$port" ] || return 0
        looks=$((looks - 1))
        sleep 0.1
    done
    echo 'FAIL: the server did not start'
    cat "$server_log"
    exit 1
}

# Also one that was stopped by a signal.
stop_server() {
    [ -n "$server" ] || return 0
    kill -CONT "$server" 2>/dev/null || true
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}
