#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signatures by ssh-keygen and git with the key in the agent: one log-in for all
# of them, and each is valid for ssh-keygen and git.
. "$(dirname "$0")/common.sh"
. "$here/agent.sh"
skip_without git ssh-keygen
HOME=$work
GIT_CONFIG_NOSYSTEM=1
export HOME GIT_CONFIG_NOSYSTEM

insert adult
start_agent "$card"
add 1234 || fail 'no key was added'
ssh-add -L >"$work/key.pub" || fail 'no key is there'
printf 'me@test %s\n' "$(cut -d ' ' -f 1,2 "$work/key.pub")" >"$work/signers"

echo data >"$work/file"
ssh-keygen -Y sign -n file -f "$work/key.pub" "$work/file" \
    >"$work/output" 2>&1 || fail 'no signature'
ssh-keygen -Y verify -f "$work/signers" -I me@test -n file \
    -s "$work/file.sig" <"$work/file" >"$work/output" 2>&1 ||
    fail 'not valid for ssh-keygen'

git init -q "$work/tree"
cd "$work/tree"
git config user.name me
git config user.email me@test
git config gpg.format ssh
git config gpg.ssh.allowedSignersFile "$work/signers"
git config user.signingKey "key::$(cut -d ' ' -f 1,2 "$work/key.pub")"
for number in 1 2 3; do
    git commit -q -S --allow-empty -m "number $number" \
        >"$work/output" 2>&1 || fail 'no commit'
    git verify-commit HEAD >"$work/output" 2>&1 || fail 'not valid for git'
done
expect_tries auth 3
echo ok
