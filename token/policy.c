/* SPDX-License-Identifier: Apache-2.0 */
#include "token/policy.h"

#include <stddef.h>

static bool is_not_issued(const struct policy_input *in)
{
    return !in->issued;
}

static bool is_unreadable(const struct policy_input *in)
{
    return !in->readable;
}

static bool is_unsupported_key(const struct policy_input *in)
{
    return !in->key_supported;
}

static bool is_untrusted_issuer(const struct policy_input *in)
{
    return in->trust == TRUST_NONE;
}

/* No CA that signs real certificates says so with a test policy. */
static bool is_wrong_usage(const struct policy_input *in)
{
    if (!(in->profile.key_usage & CERT_USE_NON_REPUDIATION))
        return true;
    if (in->profile.policy == CERT_POLICY_TEST)
        return in->trust != TRUST_CONFIGURED;
    return in->profile.policy != CERT_POLICY_SIGNING;
}

static bool is_too_young(const struct policy_input *in)
{
    return in->minimum_age > 0 &&
           !birth_reaches(&in->profile.birth, in->minimum_age, in->now);
}

static bool is_birth_unknown(const struct policy_input *in)
{
    return is_too_young(in) && in->profile.birth.kind != BIRTH_FULL;
}

static bool is_not_yet_valid(const struct policy_input *in)
{
    return in->now < in->profile.not_before;
}

static bool is_expired(const struct policy_input *in)
{
    return in->now > in->profile.not_after;
}

static bool is_revoked(const struct policy_input *in)
{
    return in->revocation.status == REVOCATION_REVOKED;
}

static bool is_revocation_unknown(const struct policy_input *in)
{
    return in->revocation_required &&
           revocation_status_at(&in->revocation, in->now) != REVOCATION_GOOD;
}

static bool is_wrong_key(const struct policy_input *in)
{
    return in->wrong_key;
}

static bool is_allowed(const struct policy_input *in)
{
    (void)in;
    return true;
}

/* In the order of enum policy_verdict. */
static const struct policy_rule rules[] = {
    {POLICY_NOT_ISSUED, "not-issued",
        "There is no signing certificate on this card: none is issued to "
        "holders under 15, to wards, for cards set up for face authentication, "
        "or when it was declined; ask at the municipal office.",
        is_not_issued},
    {POLICY_UNREADABLE, "unreadable",
        "What lies in the place of the signing certificate is not a "
        "certificate; have the card checked at the municipal office.",
        is_unreadable},
    {POLICY_UNSUPPORTED_KEY, "unsupported-key",
        "The signing key is not an RSA key of 2048 bits: the next card is not "
        "supported yet; look for a newer version of the module.",
        is_unsupported_key},
    {POLICY_UNTRUSTED_ISSUER, "untrusted-issuer",
        "The certificate is not signed by a trusted signing CA; if the card is "
        "genuine, the administrator can name its CA certificate with sign_ca.",
        is_untrusted_issuer},
    {POLICY_WRONG_USAGE, "wrong-usage",
        "The certificate is not meant for signing (key usage or policy); use "
        "a card with a JPKI signing certificate.",
        is_wrong_usage},
    {POLICY_BIRTH_UNKNOWN, "birth-unknown",
        "The certificate does not state the date of birth precisely enough to "
        "show that the holder is old enough to sign; ask at the municipal "
        "office, or have the administrator set minimum_age.",
        is_birth_unknown},
    {POLICY_MINOR, "minor",
        "The holder is younger than the age from which this card may sign "
        "(minimum_age, normally 15); have a legal representative sign with a "
        "card of their own.",
        is_too_young},
    {POLICY_NOT_YET_VALID, "not-yet-valid",
        "The certificate is not valid yet; check the date of this computer, "
        "or wait until the certificate's first day.",
        is_not_yet_valid},
    {POLICY_EXPIRED, "expired",
        "The certificate has expired; renew it at the municipal office.",
        is_expired},
    {POLICY_REVOKED, "revoked",
        "The certificate is revoked, as it is after a change of name, address, "
        "date of birth or sex; have a new one issued at the municipal office.",
        is_revoked},
    {POLICY_REVOCATION_UNKNOWN, "revocation-unknown",
        "No current CRL or OCSP answer confirms that the certificate is not "
        "revoked, which the configuration requires; have the administrator "
        "check crl and ocsp.",
        is_revocation_unknown},
    {POLICY_WRONG_KEY, "wrong-key",
        "A signature made by this card did not match its certificate; take the "
        "card out, put it back and try again; if that does not help, have the "
        "card checked at the municipal office.",
        is_wrong_key},
    {POLICY_ALLOWED, "allowed", "The card may sign.", is_allowed},
};

_Static_assert(sizeof rules / sizeof *rules == POLICY_VERDICTS,
    "each verdict has one rule");

const struct policy_rule *policy_judge(const struct policy_input *input)
{
    const struct policy_rule *rule = rules;

    while (!rule->applies(input))
        rule++;
    return rule;
}

bool policy_wants_revocation(const struct policy_input *input)
{
    return policy_judge(input)->verdict > POLICY_REVOKED;
}
