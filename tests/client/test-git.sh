#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signatures by ssh-keygen and git with the key in the agent: one log-in for all
# of them, and each is valid for ssh-keygen and git. A wrong PIN costs one try, one
# of the wrong form and a locked card none, and nothing is signed.
. "$(dirname "$0")/common.sh"
. "$here/agent.sh"
skip_without git ssh-keygen
HOME=$work
GIT_CONFIG_NOSYSTEM=1
export HOME GIT_CONFIG_NOSYSTEM

set_up() {
    openssl x509 -inform DER -in "$card/ef/000A" -noout -pubkey >"$work/key.pem"
    ssh-keygen -i -m PKCS8 -f "$work/key.pem" >"$work/key.pub"
    printf 'me@test %s\n' "$(cat "$work/key.pub")" >"$work/signers"
    git init -q "$work/tree"
    git -C "$work/tree" config user.name me
    git -C "$work/tree" config user.email me@test
    git -C "$work/tree" config gpg.format ssh
    git -C "$work/tree" config gpg.ssh.allowedSignersFile "$work/signers"
    git -C "$work/tree" config user.signingKey "key::$(cat "$work/key.pub")"
    echo data >"$work/file"
}

# sign PIN: a file and three commits; fails if one fails. It is the agent that asks
# for the PIN, once.
sign() {
    rm -f "$work/file.sig"
    start_agent "$card"
    add "$1" || true
    signed=0
    ssh-keygen -Y sign -n file -f "$work/key.pub" "$work/file" \
        >"$work/output" 2>&1 && signed=1
    for number in 1 2 3; do
        git -C "$work/tree" commit -q -S --allow-empty -m "number $number" \
            >"$work/output" 2>&1 && signed=$((signed + 1))
    done
    expect_prompts 1 'Enter passphrase for PKCS#11'
    [ "$signed" = 4 ]
}

insert adult
use_key auth
set_up
check_right sign 5 4
ssh-keygen -Y verify -f "$work/signers" -I me@test -n file \
    -s "$work/file.sig" <"$work/file" >"$work/output" 2>&1 ||
    fail 'not valid for ssh-keygen'
for commit in HEAD HEAD~1 HEAD~2; do
    git -C "$work/tree" verify-commit $commit >"$work/output" 2>&1 ||
        fail "$commit is not valid for git"
done
check_refusals sign 'failed to write commit object'
[ "$(git -C "$work/tree" rev-list --count HEAD)" = 3 ] || fail 'committed without the PIN'
echo ok
