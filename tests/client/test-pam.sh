#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pam_p11, by pamtester: who has the card and its PIN is let in. A wrong PIN costs
# one try, one of the wrong form none, another's card is asked for no PIN, and a
# locked one is sent none.
. "$(dirname "$0")/common.sh"
skip_without pamtester ssh-keygen
find /usr/lib /lib -name pam_p11.so | grep -q . || skip 'no pam_p11'
unshare -m true 2>/dev/null || skip 'no namespaces here'

# make_place: a service and a holder, in folders of the test's own.
make_place() {
    mkdir -p "$work/pam.d" "$work/holder/.ssh"
    printf 'auth required pam_p11.so %s\naccount required pam_permit.so\n' \
        "$JPKI_MODULE" >"$work/pam.d/jpki-test"
    grep -v '^holder:' /etc/passwd >"$work/passwd"
    echo "holder:x:$(id -u):$(id -g)::$work/holder:/bin/sh" >>"$work/passwd"
    openssl x509 -inform DER -in "$JPKI_PERSONAS/adult/ef/000A" -noout -pubkey \
        >"$work/key.pem"
    ssh-keygen -i -m PKCS8 -f "$work/key.pem" >"$work/holder/.ssh/authorized_keys"
}

# let_in PIN: pamtester, to which a person gives it.
let_in() {
    echo "$1" >"$work/typed"
    # shellcheck disable=SC2016
    on_card unshare -m sh -c '
        mount --bind "$0/pam.d" /etc/pam.d
        mount --bind "$0/passwd" /etc/passwd
        exec timeout 10 pamtester jpki-test holder authenticate' "$work" <"$work/typed"
}

# expect_prompts N
expect_prompts() {
    prompts=$(grep -o 'Login with JPKI Auth (4-digit PIN)' "$work/output" | wc -l)
    [ "$prompts" = "$1" ] || fail "$prompts prompts, not $1"
}

make_place
use_key auth
check_right let_in 2 1 'successfully authenticated'
expect_prompts 1
# pam_p11 0.3.1 looks at a locked token for ever.
check_refusals let_in 'PIN not verified' ''
expect_prompts 0
check_pin let_in 'another card' adult2 4321 0 0 3 'authorized key'
expect_prompts 0
echo ok
