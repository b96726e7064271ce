# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # common.sh sets $work
# For the tests of programs that have another program ask for the PIN: sourced
# after common.sh.

# type_pin PIN: what a person types from now on, whatever is asked. The prompts
# are lines of $work/prompts.
type_pin() {
    : >"$work/prompts"
    cat >"$work/askpass" <<END
#!/bin/sh
echo "\$1" >>"$work/prompts"
echo "$1"
END
    chmod +x "$work/askpass"
    SSH_ASKPASS=$work/askpass
    SSH_ASKPASS_REQUIRE=force
    export SSH_ASKPASS SSH_ASKPASS_REQUIRE
}

# expect_prompts N TEXT: no more and no fewer, all with this text.
expect_prompts() {
    prompts=$(wc -l <"$work/prompts")
    [ "$prompts" -eq "$1" ] || fail "$prompts prompts, not $1: $(cat "$work/prompts")"
    ! grep -qvF -- "$2" "$work/prompts" || fail "another prompt: $(cat "$work/prompts")"
}
