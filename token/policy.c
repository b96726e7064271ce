/* SPDX-License-Identifier: Apache-2.0 */
#include "token/policy.h"

#include <stddef.h>

#include "conf/words_policy.h"

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
    {POLICY_NOT_ISSUED, "not-issued", {W_NOT_ISSUED}, is_not_issued},
    {POLICY_UNREADABLE, "unreadable", {W_UNREADABLE}, is_unreadable},
    {POLICY_UNSUPPORTED_KEY, "unsupported-key", {W_UNSUPPORTED_KEY},
        is_unsupported_key},
    {POLICY_UNTRUSTED_ISSUER, "untrusted-issuer", {W_UNTRUSTED_ISSUER},
        is_untrusted_issuer},
    {POLICY_WRONG_USAGE, "wrong-usage", {W_WRONG_USAGE}, is_wrong_usage},
    {POLICY_BIRTH_UNKNOWN, "birth-unknown", {W_BIRTH_UNKNOWN},
        is_birth_unknown},
    {POLICY_MINOR, "minor", {W_MINOR}, is_too_young},
    {POLICY_NOT_YET_VALID, "not-yet-valid", {W_NOT_YET_VALID},
        is_not_yet_valid},
    {POLICY_EXPIRED, "expired", {W_EXPIRED}, is_expired},
    {POLICY_REVOKED, "revoked", {W_REVOKED}, is_revoked},
    {POLICY_REVOCATION_UNKNOWN, "revocation-unknown", {W_REVOCATION_UNKNOWN},
        is_revocation_unknown},
    {POLICY_WRONG_KEY, "wrong-key", {W_WRONG_KEY}, is_wrong_key},
    {POLICY_ALLOWED, "allowed", {W_ALLOWED}, is_allowed},
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
