# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work
# For the tests that use an ssh-agent of their own: sourced after common.sh.
. "$here/askpass.sh"
skip_without ssh-add ssh-agent
agent=
at_exit="$at_exit stop_agent"
# What it loads.
provider=$JPKI_MODULE

stop_agent() {
    [ -z "$agent" ] || kill "$agent" 2>/dev/null || true
    agent=
}

# start_agent READERS: as in $JPKI_VCARD. A copy of the program, because the
# loader takes LD_LIBRARY_PATH from one that is set-group-ID.
start_agent() {
    stop_agent
    # The one before may not have ended yet, and cannot be written to.
    [ -e "$work/ssh-agent" ] || cp "$(command -v ssh-agent)" "$work/ssh-agent"
    LD_LIBRARY_PATH=$JPKI_VCARD_LIB JPKI_VCARD=$1 \
        "$work/ssh-agent" -P "$(realpath "$provider")" -s \
        >"$work/agent" || fail 'no agent'
    SSH_AUTH_SOCK=$(sed -n 's/^SSH_AUTH_SOCK=\([^;]*\);.*/\1/p' "$work/agent")
    agent=$(sed -n 's/^SSH_AGENT_PID=\([0-9]*\);.*/\1/p' "$work/agent")
    export SSH_AUTH_SOCK
}

# add PIN: ssh-add -s, as a person would who types it in the dialog.
add() {
    type_pin "$1"
    ssh-add -s "$provider" >"$work/output" 2>&1
}
