# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work
# For the tests that log in to a host: sourced after common.sh. OpenSSH's own
# server, of the user who runs the test, for the keys of $work/authorized_keys.
skip_without ssh ssh-keygen
sshd_program=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd) || skip 'no sshd'
[ "$(id -u)" != 0 ] || unshare -m true 2>/dev/null || skip 'no namespaces here'
sshd=
at_exit="$at_exit stop_sshd"

stop_sshd() {
    [ -z "$sshd" ] || kill "$sshd" 2>/dev/null || true
    sshd=
}

# configure_ssh ADDRESS PORT: both ends, for ssh of the host "far".
configure_ssh() {
    ssh-keygen -q -t ed25519 -N '' -f "$work/host_key"
    printf '%s ' far | cat - "$work/host_key.pub" >"$work/known_hosts"
    cat >"$work/sshd_config" <<END
ListenAddress $1
Port $2
HostKey $work/host_key
AuthorizedKeysFile $work/authorized_keys
AuthenticationMethods publickey
StrictModes no
UsePAM no
PidFile none
LogLevel VERBOSE
END
    # From 9.8 on it turns away addresses with many log-ins that failed.
    case $(ssh -V 2>&1) in
    OpenSSH_[1-8].* | OpenSSH_9.[0-7]*) ;;
    *) echo 'PerSourcePenalties no' >>"$work/sshd_config" ;;
    esac
    cat >"$work/ssh_config" <<END
Host far
HostName $1
Port $2
HostKeyAlias far
UserKnownHostsFile $work/known_hosts
GlobalKnownHostsFile none
StrictHostKeyChecking yes
IdentityFile none
IdentityAgent none
END
}

# start_sshd ADDRESS PORT [COMMAND...]: run by COMMAND. `ssh -F $work/ssh_config far`
# goes there; its log is $work/sshd.log.
start_sshd() {
    configure_ssh "$1" "$2"
    shift 2
    # Root's wants a folder, which the system's own may have made or not.
    [ "$(id -u)" != 0 ] || set -- "$@" unshare -m sh -c \
        'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"' -
    : >"$work/sshd.log"
    "$@" "$sshd_program" -D -e -f "$work/sshd_config" \
        </dev/null >>"$work/sshd.log" 2>&1 &
    sshd=$!
    ! wait_until grep -q '^Server listening' "$work/sshd.log" || return 0
    cat "$work/sshd.log"
    fail 'no sshd'
}
