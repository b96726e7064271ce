#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gpgsm, whose agent reaches the card by gnupg-pkcs11-scd: it learns of the
# authentication key only, and signs with it as the README says, with one prompt.
# A wrong PIN costs one try, however often it is given, one of the wrong form and a
# locked card none. openssl takes a signature where gpg-agent has put no zero
# byte before it, which it does with every second one.
. "$(dirname "$0")/common.sh"
skip_without gnupg-pkcs11-scd gpg-agent gpg-connect-agent gpgsm
GNUPGHOME=$work/gnupg
export GNUPGHOME
at_exit="$at_exit stop_agent"

stop_agent() {
    gpgconf --kill all 2>/dev/null || true
}

# make_pinentry: for a person who types what is in $work/pin, and says no to all
# else. What he was told is in $work/dialog.
make_pinentry() {
    cat >"$work/pinentry" <<END
#!/bin/sh
echo OK
while read -r line; do
    echo "\$line" >>"$work/dialog"
    case \$line in
    GETPIN) sed 's/^/D /' "$work/pin" ;;
    CONFIRM)
        echo 'ERR 83886179 cancelled'
        continue
        ;;
    esac
    echo OK
    [ "\$line" != BYE ] || exit
done
END
    chmod +x "$work/pinentry"
}

# set_up: for holders of cards of the CA of the card that is in.
set_up() {
    mkdir -m 700 "$GNUPGHOME"
    openssl x509 -inform DER -in "$card/ef/000B" -out "$work/ca.pem"
    print=$(openssl x509 -in "$work/ca.pem" -noout -fingerprint -sha1 | sed 's/.*=//')
    echo "$print S relax" >"$GNUPGHOME/trustlist.txt"
    echo 1.2.392.200149.8.5.1.3.30 >"$GNUPGHOME/policies.txt"
    printf '%s\n' disable-crl-checks disable-dirmngr >"$GNUPGHOME/gpgsm.conf"
    printf '%s\n' "scdaemon-program $(command -v gnupg-pkcs11-scd)" \
        "pinentry-program $work/pinentry" >"$GNUPGHOME/gpg-agent.conf"
    printf '%s\n' 'providers jpki' "provider-jpki-library $JPKI_MODULE" \
        >"$GNUPGHOME/gnupg-pkcs11-scd.conf"
}

# start: an agent that nobody has typed a PIN for.
start() {
    stop_agent
    on_card gpg-agent --daemon || fail 'no agent'
    : >"$work/dialog"
}

# sign PIN: $work/signed of $work/data, as a person does who types this PIN
# whenever he is asked.
sign() {
    rm -f "$work/signed"
    echo "$1" >"$work/pin"
    gpgsm --sign --local-user "$key" --output "$work/signed" "$work/data" \
        >"$work/output" 2>&1
}

# expect_prompts LEAST MOST
expect_prompts() {
    expect_within "$(grep -c '^GETPIN$' "$work/dialog" || true)" "$1" "$2" prompts
}

# gpgsm_sign PIN: with a new agent, which asks three times at most.
gpgsm_sign() {
    start
    outcome=0
    sign "$1" || outcome=1
    expect_prompts 0 3
    return $outcome
}

check_learn() {
    gpgsm --import "$work/ca.pem" >"$work/output" 2>&1 || fail 'no CA'
    gpgsm --learn-card >"$work/output" 2>&1 || fail 'it does not learn'
    gpgsm --list-secret-keys --with-colons >"$work/keys" 2>/dev/null
    [ "$(grep -c '^crs:' "$work/keys")" = 1 ] || fail 'not one key'
    key=$(awk -F: '$1 == "fpr" { print $10; exit }' "$work/keys")
    openssl x509 -inform DER -in "$card/ef/000A" -noout -fingerprint -sha1 |
        tr -d : | grep -qi "=$key\$" || fail 'not the authentication key'
    expect_sent_pins 0
}

openssl_takes() {
    openssl cms -verify -inform DER -in "$work/signed" -CAfile "$work/ca.pem" \
        -purpose any -out "$work/content" >"$work/output" 2>&1
}

check_sign() {
    check_right gpgsm_sign 2 1
    expect_prompts 1 1
    grep -qF 'SETDESC Please enter the PIN (J\x2DLIS/My\x20Number\x20Card/' \
        "$work/dialog" || fail 'another prompt'
    grep -qF '/JPKI\x20Auth\x20' "$work/dialog" || fail 'not for the auth PIN'
    gpgsm --verify "$work/signed" >"$work/output" 2>&1 || fail 'no for gpgsm'
    says 'Good signature'
    for _ in $(seq 20); do
        ! openssl_takes || break
        # The signing time, which is signed, has seconds.
        sleep 1
        sign 1234 || fail 'not signed again'
    done
    openssl_takes || fail 'no for openssl'
    cmp -s "$work/content" "$work/data" || fail 'other content'
    expect_tries auth 3
}

insert adult
new_ledger
make_pinentry
set_up
echo data >"$work/data"
start
check_learn
use_key auth
check_sign
check_refusals gpgsm_sign
# 2.4 asks for the PIN of a locked card too, which is sent to none.
case $(gpgsm --version) in
*' 2.2.'*) expect_prompts 0 0 ;;
*) expect_prompts 1 1 ;;
esac
# It looks for a card whose PIN can be used or, in Debian 13, says why.
grep -q insert "$work/dialog" || says 'PIN blocked'
echo ok
