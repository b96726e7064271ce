/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/other_program.h"

/*
 * The PIN for each signature: CKA_ALWAYS_AUTHENTICATE and the three settings of
 * signature_pin (docs/design.md section 2, "Card state: one rule").
 */

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static int start_logged_in(const char *conf)
{
    int reader = start("adult", conf);

    session = user_session(SIGN);
    key = find_object(session, CKO_PRIVATE_KEY);
    return reader;
}

static CK_BBOOL always_authenticates(void)
{
    CK_BBOOL value = 0x77;

    attribute(session, key, CKA_ALWAYS_AUTHENTICATE, &value, sizeof value);
    return value;
}

static CK_RV authorise(const char *pin)
{
    return login(session, CKU_CONTEXT_SPECIFIC, pin);
}

static void test_signature_pin_ask(void **state)
{
    int reader = start_logged_in(NULL);

    assert_int_equal(always_authenticates(), CK_TRUE);
    begin_signature(session);
    assert_int_equal(finish_signature(session), CKR_OK);
    assert_int_equal(ledger(reader).verifies[SIGN], 2);
}

static void test_signature_pin_every(void **state)
{
    unsigned verifies;
    int i, reader = start_logged_in("[pin]\nsignature_pin = every\n");

    assert_int_equal(always_authenticates(), CK_TRUE);
    for (i = 0; i < 2; i++) {
        verifies = ledger(reader).verifies[SIGN];
        begin_signature(session);
        assert_int_equal(finish_signature(session), CKR_USER_NOT_LOGGED_IN);
        assert_int_equal(ledger(reader).verifies[SIGN], verifies);
        begin_signature(session);
        assert_int_equal(authorise(SIGN_PIN), CKR_OK);
        assert_int_equal(finish_signature(session), CKR_OK);
    }
    assert_int_equal(ledger(reader).signatures[SIGN], 2);
}

static void test_signature_pin_once(void **state)
{
    start_logged_in("[pin]\nsignature_pin = once\n");
    assert_int_equal(always_authenticates(), CK_FALSE);
    begin_signature(session);
    assert_int_equal(authorise(SIGN_PIN), CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(finish_signature(session), CKR_OK);
}

static void test_wrong_pin_for_a_signature(void **state)
{
    int reader = start_logged_in("[pin]\nsignature_pin = every\n");

    begin_signature(session);
    assert_int_equal(authorise("WRONG1"), CKR_PIN_INCORRECT);
    assert_int_equal(session_state(session), CKS_RO_USER_FUNCTIONS);
    assert_int_equal(authorise(""), CKR_PIN_INCORRECT);
    assert_int_equal(ledger(reader).tries[SIGN], 4);
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    assert_int_equal(finish_signature(session), CKR_OK);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

static void test_lockout_logs_out(void **state)
{
    static const char *const wrong[] = {
        "WRONG1", "WRONG2", "WRONG3", "WRONG4", "WRONG5"};
    int i;

    start_logged_in("[pin]\nlast_try = allow\n");
    begin_signature(session);
    for (i = 0; i < 5; i++)
        assert_int_equal(
            authorise(wrong[i]), i < 4 ? CKR_PIN_INCORRECT : CKR_PIN_LOCKED);
    assert_int_equal(session_state(session), CKS_RO_PUBLIC_SESSION);
    assert_int_equal(find_object(session, CKO_PRIVATE_KEY), 0);
}

/* A context-specific PIN is for one operation only. */
static void test_cancelled_signature_drops_its_pin(void **state)
{
    start_logged_in("[pin]\nsignature_pin = every\n");
    begin_signature(session);
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    EXPECT(CKR_OK, C_SignInit, session, NULL, 0);
    begin_signature(session);
    assert_int_equal(finish_signature(session), CKR_USER_NOT_LOGGED_IN);
}

/* A slot has room for many signatures under way, and none takes another's. */
static void test_many_signatures_with_a_pin(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_SESSION_HANDLE auth;
    CK_RV rv = CKR_OK;
    int held;

    start_logged_in(NULL);
    auth = open_session(AUTH);
    for (held = 0; rv == CKR_OK && held < 500; held++) {
        CK_SESSION_HANDLE one = open_session(SIGN);
        EXPECT(CKR_OK, C_SignInit, one, &mechanism, key);
        rv = login(one, CKU_CONTEXT_SPECIFIC, SIGN_PIN);
    }
    assert_int_equal(rv, CKR_HOST_MEMORY);
    assert_true(held > 120);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, auth, "9999");
    EXPECT_LOGIN(CKR_OK, auth, AUTH_PIN);
    EXPECT(CKR_OK, C_CloseAllSessions, SIGN);
    session = user_session(SIGN);
}

/*
 * NSS reads the attribute through its slot's own session, asks its user, and
 * goes on to C_Sign whatever the answer was.
 */
static void test_reading_always_authenticate_requires_a_pin(void **state)
{
    CK_BBOOL ask = CK_FALSE;
    int reader = start_logged_in(NULL);
    CK_SESSION_HANDLE other = open_session(SIGN);

    begin_signature(session);
    attribute(other, key, CKA_ALWAYS_AUTHENTICATE, &ask, sizeof ask);
    assert_int_equal(ask, CK_TRUE);
    assert_int_equal(finish_signature(session), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(ledger(reader).signatures[SIGN], 0);
    /* Read before the signature began it tells nothing: Java does. */
    begin_signature(session);
    assert_int_equal(finish_signature(session), CKR_OK);
    /* And with an answer it is made. */
    begin_signature(session);
    attribute(other, key, CKA_ALWAYS_AUTHENTICATE, &ask, sizeof ask);
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    assert_int_equal(finish_signature(session), CKR_OK);
    assert_int_equal(ledger(reader).signatures[SIGN], 2);
}

/* The question and the answer may come through another session. */
static void test_context_login_in_another_session(void **state)
{
    int reader = start_logged_in(NULL);

    begin_signature(session);
    assert_int_equal(login(open_session(SIGN), CKU_CONTEXT_SPECIFIC, "WRONG1"),
        CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(finish_signature(session), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(ledger(reader).signatures[SIGN], 0);
}

/* In whatever way a context-specific log-in fails, the signature does, too. */
static void test_failed_context_login_signs_nothing(void **state)
{
    static const char *const answers[] = {"WRONG1", "", "short", NULL};
    size_t i;
    int reader = start_logged_in(NULL);

    for (i = 0; i < sizeof answers / sizeof *answers; i++) {
        begin_signature(session);
        assert_int_not_equal(authorise(answers[i]), CKR_OK);
        assert_int_equal(finish_signature(session), CKR_USER_NOT_LOGGED_IN);
    }
    assert_int_equal(ledger(reader).signatures[SIGN], 0);
    /* The right one after a wrong one signs, and restores the counter. */
    begin_signature(session);
    assert_int_not_equal(authorise("WRONG2"), CKR_OK);
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    assert_int_equal(finish_signature(session), CKR_OK);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

/* Another program changed the PIN since the log-in (rule 2). */
static void test_held_pin_that_fails_is_wiped(void **state)
{
    int reader = start_logged_in(NULL);

    other_change(reader, SIGN, SIGN_PIN, "NEW123");
    begin_signature(session);
    assert_int_equal(finish_signature(session), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(ledger(reader).tries[SIGN], 4);
    assert_int_equal(session_state(session), CKS_RO_PUBLIC_SESSION);
    EXPECT_LOGIN(CKR_OK, session, "NEW123");
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

static void test_signature_pin_of_the_auth_key(void **state)
{
    start("adult", "[pin]\nsignature_pin = every\n");
    session = user_session(AUTH);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(always_authenticates(), CK_FALSE);
    begin_signature(session);
    assert_int_equal(authorise(AUTH_PIN), CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(finish_signature(session), CKR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_signature_pin_ask),
        TEST(test_signature_pin_every),
        TEST(test_signature_pin_once),
        TEST(test_wrong_pin_for_a_signature),
        TEST(test_lockout_logs_out),
        TEST(test_cancelled_signature_drops_its_pin),
        TEST(test_many_signatures_with_a_pin),
        TEST(test_reading_always_authenticate_requires_a_pin),
        TEST(test_context_login_in_another_session),
        TEST(test_failed_context_login_signs_nothing),
        TEST(test_held_pin_that_fails_is_wiped),
        TEST(test_signature_pin_of_the_auth_key),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
