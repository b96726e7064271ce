/* SPDX-License-Identifier: Apache-2.0 */
/* Lists first, a responder last, and what the policy makes of the answer. */
#include <openssl/ocsp.h>
#include "token/policy.h"
#include "crypto/revocation_sources.h"
#include "tests/unit/crypto/fixture.h"
#include "tests/unit/crypto/responder.h"

static struct pki_cert leaf;
static struct responder *responder;
static struct crl_store *crl;
static struct ocsp *ocsp;

/* The reasons by which one source is told from the other. */
#define BY_CRL 3
#define BY_OCSP 6

/* What a source has to say. */
enum says { ABSENT, SAYS_GOOD, SAYS_REVOKED, SAYS_NOTHING };

static void set_crl(enum says says)
{
    struct pki_list list =
        fixture_list(NULL, says == SAYS_REVOKED ? SERIAL : OTHER);

    if (says == SAYS_NOTHING)
        list.next_update = PKI_NOW - 1;
    fixture_put("list", &list);
}

static void set_ocsp(enum says says)
{
    struct answer answer = {
        .key = CA,
        .status = says == SAYS_GOOD      ? V_OCSP_CERTSTATUS_GOOD
                  : says == SAYS_REVOKED ? V_OCSP_CERTSTATUS_REVOKED
                                         : V_OCSP_CERTSTATUS_UNKNOWN,
        .reason = BY_OCSP,
        .this_update = -1,
        .next_update = 3600,
    };

    responder_set(responder, &answer);
    ocsp_free(ocsp);
    assert_int_equal(
        ocsp_new(crypto, responder_url(responder), 10, &ocsp), CRYPT_OK);
}

static struct revocation check(enum says list, enum says answer)
{
    struct revocation revocation;

    if (list != ABSENT)
        set_crl(list);
    if (answer != ABSENT)
        set_ocsp(answer);
    revocation_check(list == ABSENT ? NULL : crl,
        answer == ABSENT ? NULL : ocsp, leaf.cert, ca.cert, PKI_NOW,
        &revocation);
    return revocation;
}

static const struct {
    enum says list, answer;
    enum revocation_status status;
    int reason; /* that of the list or of the responder */
    bool asks;
} cases[] = {
    {ABSENT, ABSENT, REVOCATION_NOT_CHECKED, 0, false},
    {ABSENT, SAYS_GOOD, REVOCATION_GOOD, 0, true},
    {ABSENT, SAYS_REVOKED, REVOCATION_REVOKED, BY_OCSP, true},
    {ABSENT, SAYS_NOTHING, REVOCATION_UNKNOWN, 0, true},
    {SAYS_GOOD, ABSENT, REVOCATION_GOOD, 0, false},
    {SAYS_GOOD, SAYS_GOOD, REVOCATION_GOOD, 0, false},
    {SAYS_GOOD, SAYS_REVOKED, REVOCATION_GOOD, 0, false},
    {SAYS_GOOD, SAYS_NOTHING, REVOCATION_GOOD, 0, false},
    {SAYS_REVOKED, ABSENT, REVOCATION_REVOKED, BY_CRL, false},
    {SAYS_REVOKED, SAYS_GOOD, REVOCATION_REVOKED, BY_CRL, false},
    {SAYS_REVOKED, SAYS_REVOKED, REVOCATION_REVOKED, BY_CRL, false},
    {SAYS_REVOKED, SAYS_NOTHING, REVOCATION_REVOKED, BY_CRL, false},
    {SAYS_NOTHING, ABSENT, REVOCATION_UNKNOWN, 0, false},
    {SAYS_NOTHING, SAYS_GOOD, REVOCATION_GOOD, 0, true},
    {SAYS_NOTHING, SAYS_REVOKED, REVOCATION_REVOKED, BY_OCSP, true},
    {SAYS_NOTHING, SAYS_NOTHING, REVOCATION_UNKNOWN, 0, true},
};

static void test_lists_come_first_and_a_responder_last(void **state)
{
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        int before = responder_count(responder);
        struct revocation revocation = check(cases[i].list, cases[i].answer);

        assert_int_equal(revocation.status, cases[i].status);
        assert_int_equal(revocation.reason, cases[i].reason);
        assert_int_equal(responder_count(responder), before + cases[i].asks);
    }
}

static enum policy_verdict judge(struct revocation revocation, bool required)
{
    struct policy_input input = {
        .issued = true,
        .readable = true,
        .key_supported = true,
        .trust = TRUST_PUBLISHED,
        .revocation = revocation,
        .revocation_required = required,
        .now = PKI_NOW,
    };

    profile_read(leaf.cert, &input.profile);
    input.profile.policy = CERT_POLICY_SIGNING;
    return policy_judge(&input)->verdict;
}

/* `off` asks no source; `if-available` and `require` differ over the unknown.
 */
static void test_each_answer_has_its_verdict(void **state)
{
    const struct revocation nobody = {.status = REVOCATION_NOT_CHECKED};
    size_t i;

    assert_int_equal(judge(nobody, false), POLICY_ALLOWED);
    for (i = 0; i < COUNT(cases); i++) {
        struct revocation revocation = check(cases[i].list, cases[i].answer);
        enum policy_verdict if_available = judge(revocation, false);
        enum policy_verdict require = judge(revocation, true);

        if (cases[i].status == REVOCATION_REVOKED) {
            assert_int_equal(if_available, POLICY_REVOKED);
            assert_int_equal(require, POLICY_REVOKED);
        } else if (cases[i].status == REVOCATION_GOOD) {
            assert_int_equal(if_available, POLICY_ALLOWED);
            assert_int_equal(require, POLICY_ALLOWED);
        } else {
            assert_int_equal(if_available, POLICY_ALLOWED);
            assert_int_equal(require, POLICY_REVOCATION_UNKNOWN);
        }
    }
}

static void test_the_log_says_why(void **state)
{
    int list =
        fixture_logged(SERIAL ": revocation unknown by CRL: CRL out of date");
    int answer = fixture_logged(SERIAL ": revocation unknown by OCSP: ");

    (void)check(SAYS_NOTHING, SAYS_NOTHING);
    assert_int_equal(
        fixture_logged(SERIAL ": revocation unknown by CRL: CRL out of date"),
        list + 1);
    assert_int_equal(
        fixture_logged(SERIAL ": revocation unknown by OCSP: "), answer + 1);
    (void)check(SAYS_GOOD, SAYS_GOOD);
    assert_int_equal(
        fixture_logged(SERIAL ": revocation unknown by OCSP: "), answer + 1);
    /* Never a name. */
    assert_int_equal(fixture_logged("Test Subject"), 0);
}

static void test_words_are_those_of_the_status(void **state)
{
    assert_string_equal(
        revocation_status_word(REVOCATION_NOT_CHECKED), "not checked");
    assert_string_equal(revocation_status_word(REVOCATION_GOOD), "good");
    assert_string_equal(revocation_status_word(REVOCATION_REVOKED), "revoked");
    assert_string_equal(revocation_status_word(REVOCATION_UNKNOWN), "unknown");
    assert_string_equal(revocation_reason(3)->name, "affiliationChanged");
    assert_string_equal(revocation_reason(-1)->name, "unspecified");
    assert_string_equal(revocation_reason(7)->name, "unspecified");
    assert_string_equal(revocation_reason(11)->name, "unspecified");
    assert_non_null(strstr(revocation_reason(3)->meaning.en, "address"));
    assert_string_equal(
        revocation_reason(11)->meaning.en, revocation_reason(0)->meaning.en);
}

static int set_up(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    leaf = pki_leaf(crypto, CA, SERIAL, NULL);
    responder = responder_open("127.0.0.1");
    return crl_store_new(crypto, folder, &crl) == CRYPT_OK && responder ? 0
                                                                        : -1;
}

static int tear_down(void **state)
{
    responder_close(responder);
    crl_store_free(crl);
    ocsp_free(ocsp);
    return fixture_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_come_first_and_a_responder_last),
        cmocka_unit_test(test_each_answer_has_its_verdict),
        cmocka_unit_test(test_the_log_says_why),
        cmocka_unit_test(test_words_are_those_of_the_status),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
