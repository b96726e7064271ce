/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "tests/module/host.h"
#include "tests/module/policy.h"

/*
 * Every persona under the signing policy (docs/design.md section 5): what the
 * status says, what C_SignInit answers, and that the card is not even asked.
 */

static const struct row {
    const char *persona;
    const char *when; /* in Japan; NULL: today */
    const char *verdict;
    const char *words; /* of the sentence */
} rows[] = {
    {"adult", NULL, "allowed", "may sign"},
    {"phone", NULL, "allowed", "may sign"},
    {"test-policy", NULL, "allowed", "may sign"},
    {"birth-partial", NULL, "allowed", "may sign"},
    {"birth-partial-young", "2026-12-31 00:00:00", "allowed", "may sign"},
    {"unreadable", NULL, "unreadable", "not a certificate"},
    {"ec-key", NULL, "unsupported-key", "the next card is not supported yet"},
    {"long-key", NULL, "unsupported-key", "of 2048 bits"},
    {"other-ca", NULL, "untrusted-issuer", "trusted signing CA"},
    {"generation-2", NULL, "untrusted-issuer", "trusted signing CA"},
    {"wrong-usage", NULL, "wrong-usage", "not meant for signing"},
    {"wrong-policy", NULL, "wrong-usage", "not meant for signing"},
    {"birth-none", NULL, "birth-unknown", "date of birth"},
    {"birth-no-year", NULL, "birth-unknown", "date of birth"},
    {"birth-malformed", NULL, "birth-unknown", "date of birth"},
    {"birth-garbage", NULL, "birth-unknown", "date of birth"},
    {"birth-short", NULL, "birth-unknown", "date of birth"},
    {"birth-long", NULL, "birth-unknown", "date of birth"},
    {"birth-twice", NULL, "birth-unknown", "date of birth"},
    {"birth-wrong-type", NULL, "birth-unknown", "date of birth"},
    {"birth-nul", NULL, "birth-unknown", "date of birth"},
    {"birth-nul-inside", NULL, "birth-unknown", "date of birth"},
    {"birth-partial-young", "2026-12-30 23:59:59", "birth-unknown",
        "date of birth"},
    {"minor", NULL, "minor", "younger than"},
    {"turns-15", "2026-06-14 12:00:00", "minor", "younger than"},
    {"turns-15", "2026-06-15 12:00:00", "allowed", "may sign"},
    {"leap-day", "2023-02-28 12:00:00", "minor", "younger than"},
    {"leap-day", "2023-03-01 12:00:00", "allowed", "may sign"},
    {"not-yet-valid", NULL, "not-yet-valid", "not valid yet"},
    {"expired", NULL, "expired", "renew it at the municipal office"},
};

/* Certificate and public key verify all the same. */
static void expect_verification(const struct fixture *fixture)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE] = {1};

    EXPECT(CKR_OK, C_VerifyInit, fixture->session, &mechanism,
        find_object(fixture->session, CKO_PUBLIC_KEY));
    EXPECT(CKR_SIGNATURE_INVALID, C_Verify, fixture->session, data, sizeof data,
        sig, sizeof sig);
}

static void expect_auth_signs(void)
{
    CK_SESSION_HANDLE session = open_session(AUTH);
    uint8_t sig[SIGNATURE_SIZE];

    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
    assert_int_equal(sign_with(session, find_object(session, CKO_PRIVATE_KEY),
                         CKM_SHA256_RSA_PKCS, "data", 4, sig),
        CKR_OK);
}

static void test_each_persona(void **state)
{
    struct fixture fixture;
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s: %s\n", rows[i].persona, rows[i].verdict);
        if (rows[i].when)
            host_set_clock_in_japan(rows[i].when);
        fixture = open_fixture(rows[i].persona, NULL);
        expect_status(&fixture, rows[i].verdict);
        assert_says(status_text(fixture.session), rows[i].words);
        expect_verdict(&fixture, rows[i].verdict);
        assert_int_equal(ledger(fixture.reader).verifies[SIGN],
            strcmp(rows[i].verdict, "allowed") == 0 ? 2 : 1);
        if (signing_key(&fixture) && strcmp(rows[i].persona, "ec-key") != 0)
            expect_verification(&fixture);
        if (strcmp(rows[i].verdict, "allowed") != 0)
            assert_false(ledger(fixture.reader).signatures[SIGN]);
        expect_auth_signs();
        end_test(state);
        host_set_clock(0);
    }
}

/* Before the log-in only the existence of a certificate is known. */
static void test_before_the_login(void **state)
{
    static const struct {
        const char *persona, *verdict;
    } early[] = {
        {"adult", "log-in-first"},
        {"minor", "log-in-first"},
        {"ec-key", "log-in-first"},
        {"child-6a82", "not-issued"},
        {"face", "not-issued"},
    };
    struct fixture fixture;
    size_t i;

    for (i = 0; i < sizeof early / sizeof *early; i++) {
        fixture.reader = start(early[i].persona, NULL);
        fixture.session = open_session(SIGN);
        expect_status(&fixture, early[i].verdict);
        end_test(state);
    }
}

/* A signature by the minor's key, made without the card. */
static void sign_by_file(
    const char *persona, const char *data, uint8_t ret_sig[SIGNATURE_SIZE])
{
    char path[PATH_SIZE];
    size_t len = SIGNATURE_SIZE;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY *key;
    FILE *in;

    (void)snprintf(path, sizeof path, "%s/%s/key-001A.pem",
        getenv("JPKI_PERSONAS"), persona);
    in = fopen(path, "re");
    assert_non_null(in);
    key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
    (void)fclose(in);
    assert_non_null(key);
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(ctx, ret_sig, &len, (const uint8_t *)data, strlen(data)),
        1);
    EVP_PKEY_free(key);
    EVP_MD_CTX_free(ctx);
}

static void test_a_refused_key_still_verifies(void **state)
{
    struct fixture fixture = open_fixture("minor", NULL);
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];

    (void)state;
    sign_by_file("minor", "data", sig);
    EXPECT(CKR_OK, C_VerifyInit, fixture.session, &mechanism,
        find_object(fixture.session, CKO_PUBLIC_KEY));
    EXPECT(CKR_OK, C_Verify, fixture.session, data, 4, sig, sizeof sig);
}

static void test_minimum_age(void **state)
{
    static const struct {
        const char *persona, *conf, *verdict;
    } ages[] = {
        {"minor", "[policy]\nminimum_age = 0\n", "allowed"},
        {"birth-none", "[policy]\nminimum_age = 0\n", "allowed"},
        {"birth-twice", "[policy]\nminimum_age = 0\n", "allowed"},
        {"adult", "[policy]\nminimum_age = 18\n", "allowed"},
        {"adult", "[policy]\nminimum_age = 120\n", "minor"},
        {"birth-partial", "[policy]\nminimum_age = 120\n", "birth-unknown"},
        {"minor", "[policy]\nminimum_age = 5\n", "allowed"},
    };
    struct fixture fixture;
    size_t i;

    for (i = 0; i < sizeof ages / sizeof *ages; i++) {
        fixture = open_fixture(ages[i].persona, ages[i].conf);
        expect_verdict(&fixture, ages[i].verdict);
        end_test(state);
    }
}

/* `every` and `once` change who gives the PIN, not what the policy says. */
static void test_with_each_signature_pin(void **state)
{
    static const char *const confs[] = {"[pin]\nsignature_pin = every\n",
        "[pin]\nsignature_pin = once\n", "[pin]\nsignature_pin = ask\n"};
    struct fixture fixture;
    size_t i;

    for (i = 0; i < sizeof confs / sizeof *confs; i++) {
        fixture = open_fixture("minor", confs[i]);
        expect_verdict(&fixture, "minor");
        end_test(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_each_persona, end_test),
        cmocka_unit_test_teardown(test_before_the_login, end_test),
        cmocka_unit_test_teardown(test_a_refused_key_still_verifies, end_test),
        cmocka_unit_test_teardown(test_minimum_age, end_test),
        cmocka_unit_test_teardown(test_with_each_signature_pin, end_test),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
