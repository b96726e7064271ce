/* SPDX-License-Identifier: Apache-2.0 */
/* The table of rules: each alone, in order, and at its edges. */

#include "token/policy.h"
#include "tests/unit/crypto/check.h"

#define NOW INT64_C(1800000000)
#define DAY INT64_C(86400)

/* A card that may sign, however strict the configuration is. */
static struct policy_input adult(void)
{
    return (struct policy_input){
        .issued = true,
        .readable = true,
        .key_supported = true,
        .profile =
            {
                .key_usage =
                    CERT_USE_DIGITAL_SIGNATURE | CERT_USE_NON_REPUDIATION,
                .policy = CERT_POLICY_SIGNING,
                .birth = {BIRTH_FULL, 19800217},
                .not_before = NOW - DAY,
                .not_after = NOW + DAY,
            },
        .trust = TRUST_PUBLISHED,
        .revocation = {.status = REVOCATION_GOOD, .next_update = NOW + DAY},
        .minimum_age = 15,
        .revocation_required = true,
        .now = NOW,
    };
}

static void not_issued(struct policy_input *in)
{
    in->issued = false;
}

static void unreadable(struct policy_input *in)
{
    in->readable = false;
}

static void other_key(struct policy_input *in)
{
    in->key_supported = false;
}

static void untrusted(struct policy_input *in)
{
    in->trust = TRUST_NONE;
}

static void for_log_in_only(struct policy_input *in)
{
    in->profile.key_usage = CERT_USE_DIGITAL_SIGNATURE;
}

static void other_policy(struct policy_input *in)
{
    in->profile.policy = CERT_POLICY_OTHER;
}

static void test_policy(struct policy_input *in)
{
    in->profile.policy = CERT_POLICY_TEST;
}

static void no_birth(struct policy_input *in)
{
    in->profile.birth = (struct birth){.kind = BIRTH_UNKNOWN};
}

static void partial_minor(struct policy_input *in)
{
    in->profile.birth = (struct birth){BIRTH_PARTIAL, 20121231};
}

static void minor(struct policy_input *in)
{
    in->profile.birth = (struct birth){BIRTH_FULL, 20120116};
}

static void early(struct policy_input *in)
{
    in->profile.not_before = NOW + 1;
}

static void expired(struct policy_input *in)
{
    in->profile.not_after = NOW - 1;
}

static void revoked(struct policy_input *in)
{
    in->revocation.status = REVOCATION_REVOKED;
}

static void unknown(struct policy_input *in)
{
    in->revocation.status = REVOCATION_UNKNOWN;
}

static void not_checked(struct policy_input *in)
{
    in->revocation = (struct revocation){.status = REVOCATION_NOT_CHECKED};
}

static void out_of_date(struct policy_input *in)
{
    in->revocation.next_update = NOW - 1;
}

static void wrong_key(struct policy_input *in)
{
    in->wrong_key = true;
}

/* In the order of the table of the design: the earlier wins. */
static const struct fault {
    void (*make)(struct policy_input *in);
    enum policy_verdict verdict;
    const char *word;
} faults[] = {
    {not_issued, POLICY_NOT_ISSUED, "not-issued"},
    {unreadable, POLICY_UNREADABLE, "unreadable"},
    {other_key, POLICY_UNSUPPORTED_KEY, "unsupported-key"},
    {untrusted, POLICY_UNTRUSTED_ISSUER, "untrusted-issuer"},
    {for_log_in_only, POLICY_WRONG_USAGE, "wrong-usage"},
    {other_policy, POLICY_WRONG_USAGE, "wrong-usage"},
    {test_policy, POLICY_WRONG_USAGE, "wrong-usage"},
    {no_birth, POLICY_BIRTH_UNKNOWN, "birth-unknown"},
    {partial_minor, POLICY_BIRTH_UNKNOWN, "birth-unknown"},
    {minor, POLICY_MINOR, "minor"},
    {early, POLICY_NOT_YET_VALID, "not-yet-valid"},
    {expired, POLICY_EXPIRED, "expired"},
    {revoked, POLICY_REVOKED, "revoked"},
    {unknown, POLICY_REVOCATION_UNKNOWN, "revocation-unknown"},
    {not_checked, POLICY_REVOCATION_UNKNOWN, "revocation-unknown"},
    {out_of_date, POLICY_REVOCATION_UNKNOWN, "revocation-unknown"},
    {wrong_key, POLICY_WRONG_KEY, "wrong-key"},
};
#define FAULTS (COUNT(faults))

static void assert_verdict(
    const struct policy_input *in, enum policy_verdict verdict)
{
    const struct policy_rule *rule = policy_judge(in);

    assert_int_equal(rule->verdict, verdict);
    assert_int_equal(policy_wants_revocation(in), verdict > POLICY_REVOKED);
}

/* SENTENCE goes into JSON and onto terminals as it is, and ends with END. */
static void assert_plain(const char *sentence, const char *end)
{
    size_t len = strlen(sentence);
    size_t i;

    assert_in_range(len, 10, 400);
    assert_string_equal(sentence + len - strlen(end), end);
    for (i = 0; i < len; i++) {
        assert_true((unsigned char)sentence[i] >= ' ');
        assert_int_not_equal(sentence[i], '"');
        assert_int_not_equal(sentence[i], '\\');
        assert_int_not_equal(sentence[i], 0x7f);
    }
}

/* What is wrong; and what to do. */
static void assert_sentence(const struct policy_rule *rule)
{
    assert_plain(rule->sentence.en, ".");
    assert_plain(rule->sentence.ja, "。");
    if (rule->verdict != POLICY_ALLOWED)
        assert_non_null(strchr(rule->sentence.en, ';'));
}

static void test_an_adult_may_sign(void **state)
{
    struct policy_input in = adult();

    assert_verdict(&in, POLICY_ALLOWED);
    assert_string_equal(policy_judge(&in)->word, "allowed");
}

static void test_each_fault_has_its_verdict(void **state)
{
    size_t i;

    for (i = 0; i < FAULTS; i++) {
        struct policy_input in = adult();

        faults[i].make(&in);
        assert_verdict(&in, faults[i].verdict);
        assert_string_equal(policy_judge(&in)->word, faults[i].word);
        assert_sentence(policy_judge(&in));
    }
}

static void test_the_first_rule_wins(void **state)
{
    size_t i;
    size_t j;

    for (i = 0; i < FAULTS; i++) {
        for (j = i + 1; j < FAULTS; j++) {
            struct policy_input in = adult();

            if (faults[i].verdict == faults[j].verdict)
                continue;
            /* A date of birth is of one kind only. */
            if (faults[j].make == minor &&
                faults[i].verdict == POLICY_BIRTH_UNKNOWN)
                continue;
            faults[j].make(&in);
            faults[i].make(&in);
            assert_verdict(&in, faults[i].verdict);
        }
    }
}

static void test_a_test_policy_wants_a_configured_ca(void **state)
{
    struct policy_input in = adult();

    in.trust = TRUST_CONFIGURED;
    assert_verdict(&in, POLICY_ALLOWED);
    in.profile.policy = CERT_POLICY_TEST;
    assert_verdict(&in, POLICY_ALLOWED);
    in.profile.policy = CERT_POLICY_OTHER;
    assert_verdict(&in, POLICY_WRONG_USAGE);
    in.profile.policy = CERT_POLICY_TEST;
    in.trust = TRUST_PUBLISHED;
    assert_verdict(&in, POLICY_WRONG_USAGE);
}

static void test_non_repudiation_alone_will_do(void **state)
{
    struct policy_input in = adult();

    in.profile.key_usage = CERT_USE_NON_REPUDIATION;
    assert_verdict(&in, POLICY_ALLOWED);
    in.profile.key_usage = 0;
    assert_verdict(&in, POLICY_WRONG_USAGE);
}

static void test_age_zero_switches_both_rules_off(void **state)
{
    struct policy_input in = adult();

    in.minimum_age = 0;
    in.profile.birth = (struct birth){.kind = BIRTH_UNKNOWN};
    assert_verdict(&in, POLICY_ALLOWED);
    in.profile.birth = (struct birth){BIRTH_FULL, 20261201};
    assert_verdict(&in, POLICY_ALLOWED);
    in.profile.birth = (struct birth){BIRTH_FULL, 20991201};
    assert_verdict(&in, POLICY_ALLOWED);
    in.minimum_age = 1;
    assert_verdict(&in, POLICY_MINOR);
}

static void test_minimum_age_is_configured(void **state)
{
    struct policy_input in = adult();

    /* The 46th birthday was in February 2026. */
    in.minimum_age = 46;
    assert_verdict(&in, POLICY_ALLOWED);
    in.minimum_age = 47;
    assert_verdict(&in, POLICY_MINOR);
    in.minimum_age = 120;
    assert_verdict(&in, POLICY_MINOR);
    in.profile.birth = (struct birth){BIRTH_FULL, 19060101};
    assert_verdict(&in, POLICY_ALLOWED);
}

/* A session that lives over midnight is judged on the day it signs. */
static void test_the_day_in_japan_decides(void **state)
{
    struct policy_input in = adult();
    int64_t midnight = INT64_C(1800025200); /* 2027-01-16 00:00:00 JST */

    in.profile.not_after = NOW + 30 * DAY;
    in.revocation.next_update = NOW + 30 * DAY;
    in.profile.birth = (struct birth){BIRTH_FULL, 20120116};
    in.now = midnight - 1;
    assert_verdict(&in, POLICY_MINOR);
    in.now = midnight;
    assert_verdict(&in, POLICY_ALLOWED);
    in.profile.birth.kind = BIRTH_PARTIAL;
    assert_verdict(&in, POLICY_ALLOWED);
    in.now = midnight - 1;
    assert_verdict(&in, POLICY_BIRTH_UNKNOWN);
}

static void test_validity_includes_both_ends(void **state)
{
    struct policy_input in = adult();

    in.now = in.profile.not_before;
    assert_verdict(&in, POLICY_ALLOWED);
    in.now = in.profile.not_before - 1;
    assert_verdict(&in, POLICY_NOT_YET_VALID);
    in.now = in.profile.not_after;
    assert_verdict(&in, POLICY_ALLOWED);
    in.now = in.profile.not_after + 1;
    assert_verdict(&in, POLICY_EXPIRED);
}

static void test_unknown_revocation_refuses_only_where_required(void **state)
{
    void (*const make[])(struct policy_input *) = {
        unknown, not_checked, out_of_date};
    size_t i;

    for (i = 0; i < COUNT(make); i++) {
        struct policy_input in = adult();

        make[i](&in);
        assert_verdict(&in, POLICY_REVOCATION_UNKNOWN);
        in.revocation_required = false;
        assert_verdict(&in, POLICY_ALLOWED);
        revoked(&in);
        assert_verdict(&in, POLICY_REVOKED);
    }
}

static void test_a_good_answer_holds_to_its_last_second(void **state)
{
    struct policy_input in = adult();

    in.revocation.next_update = NOW;
    assert_verdict(&in, POLICY_ALLOWED);
    in.now++;
    assert_verdict(&in, POLICY_REVOCATION_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_adult_may_sign),
        cmocka_unit_test(test_each_fault_has_its_verdict),
        cmocka_unit_test(test_the_first_rule_wins),
        cmocka_unit_test(test_a_test_policy_wants_a_configured_ca),
        cmocka_unit_test(test_non_repudiation_alone_will_do),
        cmocka_unit_test(test_age_zero_switches_both_rules_off),
        cmocka_unit_test(test_minimum_age_is_configured),
        cmocka_unit_test(test_the_day_in_japan_decides),
        cmocka_unit_test(test_validity_includes_both_ends),
        cmocka_unit_test(test_unknown_revocation_refuses_only_where_required),
        cmocka_unit_test(test_a_good_answer_holds_to_its_last_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
