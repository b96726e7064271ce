#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A host with OpenSSH's server, which says whose key it took: ssh -I,
# PKCS11Provider, ssh-agent and git get in with one prompt, for the authentication
# PIN. A wrong PIN costs one try, one of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
. "$here/agent.sh"
. "$here/sshd.sh"
skip_without git
prompt='JPKI Auth (4-digit PIN)'

# authorize: the key of the card that is in is the one that may log in.
authorize() {
    openssl x509 -inform DER -in "$card/ef/000A" -noout -pubkey >"$work/key.pem"
    ssh-keygen -i -m PKCS8 -f "$work/key.pem" >"$work/authorized_keys"
}

# log_in PIN OPTION...: as a person does who types this PIN, with one prompt.
log_in() {
    type_pin "$1"
    shift
    authorize
    : >"$work/sshd.log"
    outcome=0
    on_card ssh -F "$work/ssh_config" "$@" far echo welcome </dev/null || outcome=1
    expect_prompts 1 "$prompt"
    return $outcome
}

ssh_I() {
    log_in "$1" -I "$JPKI_MODULE"
}

ssh_PKCS11Provider() {
    log_in "$1" -o PKCS11Provider="$JPKI_MODULE"
}

# accepted N: so many log-ins of the card's key, as the server tells.
accepted() {
    print=$(ssh-keygen -l -f "$work/authorized_keys" | cut -d ' ' -f 2)
    log_ins=$(grep '^Accepted publickey' "$work/sshd.log" | grep -cF "$print" || true)
    [ "$log_ins" = "$1" ] ||
        fail "$log_ins log-ins, not $1: $(cat "$work/sshd.log")"
}

# check_way COMMAND: of ssh, to use the card.
check_way() {
    check_right "$1" 2 1 welcome
    accepted 1
    check_refusals "$1" 'Permission denied'
    accepted 0
}

# push_and_clone PIN: by git, with ssh -I.
push_and_clone() {
    type_pin "$1"
    authorize
    on_card git -C "$work/near" push "far:$work/far.git" main &&
        on_card git clone -q -b main "far:$work/far.git" "$work/again"
}

check_git() {
    git init -q --bare "$work/far.git"
    git init -q -b main "$work/near"
    GIT_SSH_COMMAND="ssh -F $work/ssh_config -I $JPKI_MODULE"
    export GIT_SSH_COMMAND
    git -C "$work/near" -c user.name=me -c user.email=me@test \
        commit -q --allow-empty -m first
    check_right push_and_clone 4 2
    expect_prompts 2 "$prompt"
    [ "$(git -C "$work/again" log --format=%s)" = first ] || fail 'another history'
}

# agent PIN: three log-ins with its key, and one prompt, of ssh-add.
agent() {
    authorize
    start_agent "$card"
    add "$1" || true
    expect_prompts 1 'Enter passphrase for PKCS#11'
    : >"$work/sshd.log"
    for _ in 1 2 3; do
        ssh -F "$work/ssh_config" -o IdentityAgent="$SSH_AUTH_SOCK" far true \
            >"$work/output" 2>&1 || return 1
    done
}

check_agent() {
    check_right agent 4 3
    accepted 3
    check_refusals agent 'Permission denied'
    accepted 0
}

keep_log
use_key auth
start_sshd 127.0.0.1 "$(free_port)"
check_way ssh_I
logged 'the auth PIN is locked'
check_way ssh_PKCS11Provider
insert adult
! ssh_I 9999 || fail 'let in with a wrong PIN'
ssh_I 1234 || fail 'not let in after a wrong PIN'
expect_tries auth 3
check_git
check_agent
echo ok
