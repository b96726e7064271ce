/* SPDX-License-Identifier: Apache-2.0 */
/* What a responder answers, and what of it is believed. */
#include <pthread.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "crypto/ocsp.h"
#include "tests/unit/crypto/fixture.h"
#include "tests/unit/crypto/responder.h"

#define EQUAL_NAMED 2
#define DELEGATE 3
#define STRANGER 4

#define GOOD V_OCSP_CERTSTATUS_GOOD
#define REVOKED V_OCSP_CERTSTATUS_REVOKED
#define UNKNOWN V_OCSP_CERTSTATUS_UNKNOWN

static struct pki_cert leaf;
static struct responder *responder;

static struct revocation ask_client(
    struct ocsp *ocsp, const struct pki_cert *who, int64_t now)
{
    struct revocation revocation;

    ocsp_check(ocsp, who->cert, ca.cert, now, &revocation);
    if (revocation.status == REVOCATION_UNKNOWN)
        assert_non_null(revocation.why);
    return revocation;
}

static struct ocsp *new_client(void)
{
    struct ocsp *ocsp = NULL;

    assert_int_equal(
        ocsp_new(crypto, responder_url(responder), 10, &ocsp), CRYPT_OK);
    return ocsp;
}

/* Of a client that remembers nothing yet. */
static struct revocation ask(const struct answer *answer)
{
    struct ocsp *ocsp = new_client();
    struct revocation revocation;

    responder_set(responder, answer);
    revocation = ask_client(ocsp, &leaf, PKI_NOW);
    ocsp_free(ocsp);
    return revocation;
}

static void test_a_good_answer_tells_its_dates(void **state)
{
    struct answer answer = responder_good();
    struct revocation revocation = ask(&answer);

    assert_int_equal(revocation.status, REVOCATION_GOOD);
    assert_true(revocation.next_update == PKI_NOW + 3600);
}

static void test_each_reason_revokes(void **state)
{
    static const struct {
        int reason;
        const char *name;
    } reasons[] = {
        {-1, "unspecified"},
        {0, "unspecified"},
        {1, "keyCompromise"},
        {2, "cACompromise"},
        {3, "affiliationChanged"},
        {4, "superseded"},
        {5, "cessationOfOperation"},
        {6, "certificateHold"},
        {8, "removeFromCRL"},
        {9, "privilegeWithdrawn"},
        {10, "aACompromise"},
    };
    size_t i;

    for (i = 0; i < COUNT(reasons); i++) {
        struct answer answer = responder_good();
        struct revocation revocation;

        answer.status = REVOKED;
        answer.reason = reasons[i].reason;
        revocation = ask(&answer);
        assert_int_equal(revocation.status, REVOCATION_REVOKED);
        assert_string_equal(
            revocation_reason(revocation.reason)->name, reasons[i].name);
        assert_true(revocation.revoked_at == PKI_NOW - 30 * PKI_DAY);
    }
}

static void assert_both(const struct answer *answer,
    enum revocation_status if_good, enum revocation_status if_revoked)
{
    struct answer changed = *answer;

    assert_int_equal(ask(answer).status, if_good);
    changed.status = REVOKED;
    assert_int_equal(ask(&changed).status, if_revoked);
}

/* Dates decide over "good"; "revoked" stays true. */
static void test_dates_decide_over_good(void **state)
{
    static const struct {
        int64_t this_update, next_update;
        enum revocation_status status;
    } cases[] = {
        {-1, 1, REVOCATION_GOOD},
        {0, 1, REVOCATION_GOOD},
        {300, 400, REVOCATION_GOOD}, /* its clock may be ahead */
        {301, 400, REVOCATION_UNKNOWN},
        {-2, -1, REVOCATION_UNKNOWN},
        {-1000000000, -1, REVOCATION_UNKNOWN},
        /* Without a next update: for a quarter of an hour. */
        {-900, 0, REVOCATION_GOOD},
        {-901, 0, REVOCATION_UNKNOWN},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        struct answer answer = responder_good();

        answer.this_update = cases[i].this_update;
        answer.next_update = cases[i].next_update;
        assert_both(&answer, cases[i].status, REVOCATION_REVOKED);
    }
}

static void test_a_nonce_may_lack_but_not_differ(void **state)
{
    struct answer answer = responder_good();

    answer.nonce = NONCE_NONE;
    assert_both(&answer, REVOCATION_GOOD, REVOCATION_REVOKED);
    answer.nonce = NONCE_WRONG;
    assert_both(&answer, REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
}

static void test_answers_about_others_say_nothing(void **state)
{
    struct answer serial = responder_good();
    struct answer issuer = responder_good();
    struct answer unknown = responder_good();

    serial.serial = "01E241";
    assert_both(&serial, REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
    issuer.about = EQUAL_NAMED;
    assert_both(&issuer, REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
    unknown.status = UNKNOWN;
    assert_int_equal(ask(&unknown).status, REVOCATION_UNKNOWN);
}

static void test_of_two_answers_the_worse_counts(void **state)
{
    static const struct {
        int first, second;
        enum revocation_status status;
    } cases[] = {
        {GOOD, REVOKED, REVOCATION_REVOKED},
        {REVOKED, UNKNOWN, REVOCATION_REVOKED},
        {UNKNOWN, REVOKED, REVOCATION_REVOKED},
        {GOOD, UNKNOWN, REVOCATION_UNKNOWN},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        struct answer answer = responder_good();

        answer.status = cases[i].first;
        answer.second = cases[i].second;
        assert_int_equal(ask(&answer).status, cases[i].status);
    }
}

static void test_refusals_say_nothing(void **state)
{
    static const int refusals[] = {OCSP_RESPONSE_STATUS_MALFORMEDREQUEST,
        OCSP_RESPONSE_STATUS_INTERNALERROR, OCSP_RESPONSE_STATUS_TRYLATER,
        OCSP_RESPONSE_STATUS_SIGREQUIRED, OCSP_RESPONSE_STATUS_UNAUTHORIZED};
    size_t i;

    for (i = 0; i < COUNT(refusals); i++) {
        struct answer answer = responder_good();

        answer.refusal = refusals[i];
        assert_int_equal(ask(&answer).status, REVOCATION_UNKNOWN);
    }
}

/* How the next responder's certificate differs from a right one. */
static const char *uses;

static void add_uses(X509 *x509)
{
    maker_add_readable(x509, NID_ext_key_usage, uses);
}

static const struct {
    const char *uses;
    int signer;         /* of the certificate */
    int key;            /* of the answer */
    const char *digest; /* of the certificate's signature */
    const char *not_before, *not_after;
    enum revocation_status status;
} delegates[] = {
    {"OCSPSigning", CA, DELEGATE, NULL, NULL, NULL, REVOCATION_GOOD},
    {"clientAuth,OCSPSigning", CA, DELEGATE, NULL, NULL, NULL, REVOCATION_GOOD},
    /* For another purpose, or any, or none. */
    {NULL, CA, DELEGATE, NULL, NULL, NULL, REVOCATION_UNKNOWN},
    {"clientAuth", CA, DELEGATE, NULL, NULL, NULL, REVOCATION_UNKNOWN},
    {"anyExtendedKeyUsage", CA, DELEGATE, NULL, NULL, NULL, REVOCATION_UNKNOWN},
    /* By another CA of the same name, by itself, by SHA-1. */
    {"OCSPSigning", EQUAL_NAMED, DELEGATE, NULL, NULL, NULL,
        REVOCATION_UNKNOWN},
    {"OCSPSigning", DELEGATE, DELEGATE, NULL, NULL, NULL, REVOCATION_UNKNOWN},
    {"OCSPSigning", CA, DELEGATE, "SHA1", NULL, NULL, REVOCATION_UNKNOWN},
    /* Another has signed the answer. */
    {"OCSPSigning", CA, STRANGER, NULL, NULL, NULL, REVOCATION_UNKNOWN},
    /* In its time and out of it: now is 2027-01-15 08:00:00. */
    {"OCSPSigning", CA, DELEGATE, NULL, "270115080000Z", "270115080000Z",
        REVOCATION_GOOD},
    {"OCSPSigning", CA, DELEGATE, NULL, "270115080001Z", NULL,
        REVOCATION_UNKNOWN},
    {"OCSPSigning", CA, DELEGATE, NULL, NULL, "270115075959Z",
        REVOCATION_UNKNOWN},
};

static void test_only_a_delegate_answers_for_the_ca(void **state)
{
    size_t i;

    for (i = 0; i < COUNT(delegates); i++) {
        struct answer answer = responder_good();
        struct pki_cert with;

        uses = delegates[i].uses;
        with = pki_open(crypto, maker_certificate(&(struct recipe){
                                    .key = pki_key(DELEGATE),
                                    .signer = pki_key(delegates[i].signer),
                                    .digest = delegates[i].digest,
                                    .not_before = delegates[i].not_before,
                                    .not_after = delegates[i].not_after,
                                    .authority_key_id = pki_key_id(CA),
                                    .change = add_uses,
                                }));
        answer.key = delegates[i].key;
        answer.with = &with;
        assert_both(&answer, delegates[i].status,
            delegates[i].status == REVOCATION_GOOD ? REVOCATION_REVOKED
                                                   : REVOCATION_UNKNOWN);
        pki_close(&with);
    }
}

static void test_others_do_not_answer_for_the_ca(void **state)
{
    struct answer stranger = responder_good();
    struct answer equal_named = responder_good();
    struct answer weak = responder_good();
    struct answer useless = responder_good();

    stranger.key = STRANGER;
    assert_both(&stranger, REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
    equal_named.key = EQUAL_NAMED;
    assert_both(&equal_named, REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
    weak.digest = "SHA1";
    assert_both(&weak, REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
    /* Who holds a card of the CA's does not speak for the CA. */
    useless.key = PKI_LEAF_KEY;
    useless.with = &leaf;
    assert_both(&useless, REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
}

static void test_answers_are_cached_until_their_end(void **state)
{
    struct ocsp *ocsp = new_client();
    struct pki_cert second = pki_leaf(crypto, CA, "01E242", NULL);
    struct answer answer = responder_good();
    int before = responder_count(responder);

    responder_set(responder, &answer);
    assert_int_equal(ask_client(ocsp, &leaf, PKI_NOW).status, REVOCATION_GOOD);
    assert_int_equal(
        ask_client(ocsp, &leaf, PKI_NOW + 3600).status, REVOCATION_GOOD);
    assert_int_equal(responder_count(responder), before + 1);
    answer.next_update = 7200;
    responder_set(responder, &answer);
    assert_int_equal(
        ask_client(ocsp, &leaf, PKI_NOW + 3601).status, REVOCATION_GOOD);
    assert_int_equal(responder_count(responder), before + 2);
    /* When the clock is set back, what was good is asked for again. */
    assert_int_equal(ask_client(ocsp, &leaf, PKI_NOW - 10 * PKI_DAY).status,
        REVOCATION_UNKNOWN);
    assert_int_equal(responder_count(responder), before + 3);
    /* Another certificate is another question. */
    answer.status = REVOKED;
    responder_set(responder, &answer);
    assert_int_equal(
        ask_client(ocsp, &second, PKI_NOW).status, REVOCATION_REVOKED);
    assert_int_equal(
        ask_client(ocsp, &leaf, PKI_NOW + 7200).status, REVOCATION_GOOD);
    assert_int_equal(responder_count(responder), before + 4);
    /* What was revoked stays so. */
    answer.status = GOOD;
    responder_set(responder, &answer);
    assert_int_equal(ask_client(ocsp, &second, PKI_NOW + 99 * PKI_DAY).status,
        REVOCATION_REVOKED);
    assert_int_equal(responder_count(responder), before + 4);
    pki_close(&second);
    ocsp_free(ocsp);
}

static void *ask_beside(void *arg)
{
    static enum revocation_status status;

    status = ask_client(arg, &leaf, PKI_NOW).status;
    return &status;
}

/* Two threads ask at once, and the answer "good" comes last. */
static void test_a_late_answer_takes_nothing_back(void **state)
{
    struct ocsp *ocsp = new_client();
    struct answer answer = responder_good();
    pthread_t thread;
    void *late = NULL;
    int count;

    answer.held = true;
    responder_set(responder, &answer);
    assert_int_equal(pthread_create(&thread, NULL, ask_beside, ocsp), 0);
    responder_wait_until_held(responder);
    answer = responder_good();
    answer.status = REVOKED;
    responder_set(responder, &answer);
    assert_int_equal(
        ask_client(ocsp, &leaf, PKI_NOW).status, REVOCATION_REVOKED);
    count = responder_count(responder);
    responder_let_go(responder);
    assert_int_equal(pthread_join(thread, &late), 0);
    assert_int_equal(*(enum revocation_status *)late, REVOCATION_REVOKED);
    assert_int_equal(
        ask_client(ocsp, &leaf, PKI_NOW).status, REVOCATION_REVOKED);
    assert_int_equal(responder_count(responder), count);
    ocsp_free(ocsp);
}

static void test_unknown_is_not_cached(void **state)
{
    struct ocsp *ocsp = new_client();
    struct answer answer = responder_good();
    int before = responder_count(responder);

    answer.nonce = NONCE_WRONG;
    responder_set(responder, &answer);
    assert_int_equal(
        ask_client(ocsp, &leaf, PKI_NOW).status, REVOCATION_UNKNOWN);
    answer = responder_good();
    responder_set(responder, &answer);
    assert_int_equal(ask_client(ocsp, &leaf, PKI_NOW).status, REVOCATION_GOOD);
    assert_int_equal(responder_count(responder), before + 2);
    ocsp_free(ocsp);
}

/* Of many cards the last ones. */
static void test_cache_is_bounded(void **state)
{
    struct ocsp *ocsp = new_client();
    struct answer answer = responder_good();
    struct pki_cert cards[9];
    int before;
    int i;

    responder_set(responder, &answer);
    for (i = 0; i < 9; i++) {
        char serial[] = {'0', (char)('1' + i), '\0'};

        cards[i] = pki_leaf(crypto, CA, serial, NULL);
        assert_int_equal(
            ask_client(ocsp, &cards[i], PKI_NOW).status, REVOCATION_GOOD);
    }
    before = responder_count(responder);
    for (i = 8; i >= 0; i--) {
        assert_int_equal(
            ask_client(ocsp, &cards[i], PKI_NOW).status, REVOCATION_GOOD);
        assert_int_equal(responder_count(responder), before + (i == 0));
        pki_close(&cards[i]);
    }
    ocsp_free(ocsp);
}

static void test_host_errors_stay(void **state)
{
    struct answer answer = responder_good();

    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    assert_int_equal(ask(&answer).status, REVOCATION_GOOD);
    answer.key = STRANGER;
    answer.with = &leaf;
    assert_int_equal(ask(&answer).status, REVOCATION_UNKNOWN);
    answer.text = "garbage";
    assert_int_equal(ask(&answer).status, REVOCATION_UNKNOWN);
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
    assert_int_equal(ERR_get_error(), 0);
}

static int set_up(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    /* The responder's thread makes none. */
    (void)pki_key(EQUAL_NAMED);
    (void)pki_key(DELEGATE);
    (void)pki_key(STRANGER);
    leaf = pki_leaf(crypto, CA, SERIAL, NULL);
    responder = responder_open("127.0.0.1");
    return responder ? 0 : -1;
}

static int tear_down(void **state)
{
    responder_close(responder);
    return fixture_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_answer_tells_its_dates),
        cmocka_unit_test(test_each_reason_revokes),
        cmocka_unit_test(test_dates_decide_over_good),
        cmocka_unit_test(test_a_nonce_may_lack_but_not_differ),
        cmocka_unit_test(test_answers_about_others_say_nothing),
        cmocka_unit_test(test_of_two_answers_the_worse_counts),
        cmocka_unit_test(test_refusals_say_nothing),
        cmocka_unit_test(test_only_a_delegate_answers_for_the_ca),
        cmocka_unit_test(test_others_do_not_answer_for_the_ca),
        cmocka_unit_test(test_answers_are_cached_until_their_end),
        cmocka_unit_test(test_a_late_answer_takes_nothing_back),
        cmocka_unit_test(test_unknown_is_not_cached),
        cmocka_unit_test(test_cache_is_bounded),
        cmocka_unit_test(test_host_errors_stay),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
