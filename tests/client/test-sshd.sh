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

# new_card PERSONA: its key is the one that may log in.
new_card() {
    insert "$1"
    openssl x509 -inform DER -in "$card/ef/000A" -noout -pubkey >"$work/key.pem"
    ssh-keygen -i -m PKCS8 -f "$work/key.pem" >"$work/authorized_keys"
    new_ledger
}

# log_in PIN [OPTION...]: as a person does who types this PIN.
log_in() {
    type_pin "$1"
    shift
    : >"$work/sshd.log"
    on_card ssh -F "$work/ssh_config" "$@" far echo welcome </dev/null
}

# accepted N: so many log-ins of the card's key, as the server tells.
accepted() {
    print=$(ssh-keygen -l -f "$work/authorized_keys" | cut -d ' ' -f 2)
    log_ins=$(grep '^Accepted publickey' "$work/sshd.log" | grep -cF "$print" || true)
    [ "$log_ins" = "$1" ] ||
        fail "$log_ins log-ins, not $1: $(cat "$work/sshd.log")"
}

# check_way OPTION...: of ssh, to use the card.
check_way() {
    new_card adult
    log_in 1234 "$@" || fail "$*: not let in"
    says welcome
    accepted 1
    expect_prompts 1 "$prompt"
    expect_signing_commands 1
    expect_tries auth 3
}

# check_refused PERSONA PIN SENT LEFT TEXT: it is not let in, and the program says
# why.
check_refused() {
    new_card "$1"
    ! log_in "$2" -I "$JPKI_MODULE" || fail "$1: let in with $2"
    accepted 0
    says "$5"
    expect_sent_pins "$3"
    expect_signing_commands 0
    expect_tries auth "$4"
}

check_git() {
    new_card adult
    git init -q --bare "$work/far.git"
    git init -q -b main "$work/near"
    type_pin 1234
    GIT_SSH_COMMAND="ssh -F $work/ssh_config -I $JPKI_MODULE"
    export GIT_SSH_COMMAND
    git -C "$work/near" -c user.name=me -c user.email=me@test \
        commit -q --allow-empty -m first
    on_card git -C "$work/near" push "far:$work/far.git" main || fail 'no push'
    on_card git clone -q -b main "far:$work/far.git" "$work/again" || fail 'no clone'
    expect_prompts 2 "$prompt"
    [ "$(git -C "$work/again" log --format=%s)" = first ] || fail 'another history'
}

check_agent() {
    new_card adult
    start_agent "$card"
    add 1234 || fail 'no key was added'
    expect_prompts 1 'Enter passphrase for PKCS#11'
    : >"$work/sshd.log"
    for _ in 1 2 3; do
        ssh -F "$work/ssh_config" -o IdentityAgent="$SSH_AUTH_SOCK" far true \
            >"$work/output" 2>&1 || fail 'not let in by the agent'
    done
    accepted 3
    expect_signing_commands 3
}

keep_log
start_sshd 127.0.0.1 "$(free_port)"
check_way -I "$JPKI_MODULE"
check_way -o PKCS11Provider="$JPKI_MODULE"
check_refused adult 9999 1 2 'Permission denied'
log_in 1234 -I "$JPKI_MODULE" || fail 'not let in after a wrong PIN'
expect_tries auth 3
check_refused adult ABC123 0 3 'Permission denied'
check_refused locked-auth 1234 0 0 'Permission denied'
logged 'the auth PIN is locked'
check_git
check_agent
echo ok
