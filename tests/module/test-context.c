/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"

/*
 * The PIN for each signature: CKA_ALWAYS_AUTHENTICATE and the three settings of
 * signature_pin (design.md section 2, "Card state: one rule").
 */

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static int start_logged_in(const char *conf)
{
    int reader = start("adult", conf);

    session = open_session(SIGN);
    assert_int_equal(login(session, CKU_USER, SIGN_PIN), CKR_OK);
    key = find_object(session, CKO_PRIVATE_KEY);
    return reader;
}

static CK_BBOOL always_authenticates(void)
{
    CK_BBOOL value = 0x77;

    attribute(session, key, CKA_ALWAYS_AUTHENTICATE, &value, sizeof value);
    return value;
}

static void begin_signature(void)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};

    EXPECT(CKR_OK, C_SignInit, session, &mechanism, key);
}

static CK_RV end_signature(CK_BYTE *sig)
{
    CK_BYTE data[] = "data";
    CK_ULONG len = SIGNATURE_SIZE;

    return CALL(C_Sign, session, data, sizeof data, sig, &len);
}

static CK_RV authorise(const char *pin)
{
    return login(session, CKU_CONTEXT_SPECIFIC, pin);
}

static void test_ask_signs_without_asking(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    int reader;

    (void)state;
    reader = start_logged_in(NULL);
    assert_int_equal(always_authenticates(), CK_TRUE);
    begin_signature();
    assert_int_equal(end_signature(sig), CKR_OK);
    assert_int_equal(ledger(reader).verifies[SIGN], 2);
}

static void test_ask_takes_a_pin_for_the_signature(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    int reader;

    (void)state;
    reader = start_logged_in(NULL);
    begin_signature();
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    assert_int_equal(end_signature(sig), CKR_OK);
    /* Log-in, and the signature, which checks the PIN once more. */
    assert_int_equal(ledger(reader).verifies[SIGN], 2);
    assert_int_equal(ledger(reader).signatures[SIGN], 1);
}

static void test_every_wants_a_pin_each_time(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    unsigned verifies;
    int reader, i;

    (void)state;
    reader = start_logged_in("[pin]\nsignature_pin = every\n");
    assert_int_equal(always_authenticates(), CK_TRUE);
    for (i = 0; i < 2; i++) {
        verifies = ledger(reader).verifies[SIGN];
        begin_signature();
        assert_int_equal(end_signature(sig), CKR_USER_NOT_LOGGED_IN);
        assert_int_equal(ledger(reader).verifies[SIGN], verifies);
        begin_signature();
        assert_int_equal(authorise(SIGN_PIN), CKR_OK);
        assert_int_equal(end_signature(sig), CKR_OK);
    }
    assert_int_equal(ledger(reader).signatures[SIGN], 2);
}

static void test_once_never_asks(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];

    (void)state;
    start_logged_in("[pin]\nsignature_pin = once\n");
    assert_int_equal(always_authenticates(), CK_FALSE);
    begin_signature();
    assert_int_equal(authorise(SIGN_PIN), CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(end_signature(sig), CKR_OK);
}

/* GnuTLS asks for the length after the context-specific log-in. */
static void test_a_size_query_leaves_the_pin(void **state)
{
    CK_BYTE data[] = "data";
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG len = 0;

    (void)state;
    start_logged_in("[pin]\nsignature_pin = every\n");
    begin_signature();
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    EXPECT(CKR_OK, C_Sign, session, data, sizeof data, NULL, &len);
    len = 5;
    EXPECT(CKR_BUFFER_TOO_SMALL, C_Sign, session, data, sizeof data, sig, &len);
    assert_int_equal(end_signature(sig), CKR_OK);
}

static void test_a_wrong_pin_ends_nothing(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    CK_SESSION_INFO info;
    int reader;

    (void)state;
    reader = start_logged_in("[pin]\nsignature_pin = every\n");
    begin_signature();
    assert_int_equal(authorise("WRONG1"), CKR_PIN_INCORRECT);
    EXPECT(CKR_OK, C_GetSessionInfo, session, &info);
    assert_int_equal(info.state, CKS_RO_USER_FUNCTIONS);
    assert_int_equal(authorise(""), CKR_PIN_INCORRECT);
    assert_int_equal(ledger(reader).tries[SIGN], 4);
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    assert_int_equal(end_signature(sig), CKR_OK);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

static void test_a_lockout_logs_out(void **state)
{
    static const char *const wrong[] = {
        "WRONG1", "WRONG2", "WRONG3", "WRONG4", "WRONG5"};
    CK_SESSION_INFO info;
    int i;

    (void)state;
    start_logged_in("[pin]\nlast_try = allow\n");
    begin_signature();
    for (i = 0; i < 5; i++)
        assert_int_equal(
            authorise(wrong[i]), i < 4 ? CKR_PIN_INCORRECT : CKR_PIN_LOCKED);
    EXPECT(CKR_OK, C_GetSessionInfo, session, &info);
    assert_int_equal(info.state, CKS_RO_PUBLIC_SESSION);
    assert_int_equal(find_object(session, CKO_PRIVATE_KEY), 0);
}

/* A PIN is for the operation it was given to, and no other. */
static void test_a_pin_given_up_is_gone(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];

    (void)state;
    start_logged_in("[pin]\nsignature_pin = every\n");
    begin_signature();
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    EXPECT(CKR_OK, C_SignInit, session, NULL, 0);
    begin_signature();
    assert_int_equal(end_signature(sig), CKR_USER_NOT_LOGGED_IN);
}

/* A slot has room for many signatures under way, and none takes another's. */
static void test_the_right_pin_finds_room(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_SESSION_HANDLE auth;
    CK_RV rv = CKR_OK;
    int held;

    (void)state;
    start_logged_in(NULL);
    auth = open_session(AUTH);
    for (held = 0; rv == CKR_OK && held < 500; held++) {
        CK_SESSION_HANDLE one = open_session(SIGN);
        EXPECT(CKR_OK, C_SignInit, one, &mechanism, key);
        rv = login(one, CKU_CONTEXT_SPECIFIC, SIGN_PIN);
    }
    assert_int_equal(rv, CKR_HOST_MEMORY);
    assert_true(held > 120);
    assert_int_equal(login(auth, CKU_USER, "9999"), CKR_PIN_INCORRECT);
    assert_int_equal(login(auth, CKU_USER, AUTH_PIN), CKR_OK);
    EXPECT(CKR_OK, C_CloseAllSessions, SIGN);
    session = open_session(SIGN);
    assert_int_equal(login(session, CKU_USER, SIGN_PIN), CKR_OK);
}

/*
 * NSS reads the attribute through its slot's own session, asks its user, and
 * goes on to C_Sign whatever the answer was.
 */
static void test_a_program_that_asks_needs_an_answer(void **state)
{
    CK_BBOOL ask = CK_FALSE;
    CK_SESSION_HANDLE other;
    uint8_t sig[SIGNATURE_SIZE];
    int reader;

    (void)state;
    reader = start_logged_in(NULL);
    other = open_session(SIGN);
    begin_signature();
    attribute(other, key, CKA_ALWAYS_AUTHENTICATE, &ask, sizeof ask);
    assert_int_equal(ask, CK_TRUE);
    assert_int_equal(end_signature(sig), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(ledger(reader).signatures[SIGN], 0);
    /* Read before the signature began it tells nothing: Java does. */
    begin_signature();
    assert_int_equal(end_signature(sig), CKR_OK);
    /* And with an answer it is made. */
    begin_signature();
    attribute(other, key, CKA_ALWAYS_AUTHENTICATE, &ask, sizeof ask);
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    assert_int_equal(end_signature(sig), CKR_OK);
    assert_int_equal(ledger(reader).signatures[SIGN], 2);
}

/* The question and the answer may come through another session. */
static void test_an_answer_in_another_session_counts(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    int reader;

    (void)state;
    reader = start_logged_in(NULL);
    begin_signature();
    assert_int_equal(login(open_session(SIGN), CKU_CONTEXT_SPECIFIC, "WRONG1"),
        CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(end_signature(sig), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(ledger(reader).signatures[SIGN], 0);
}

/* In whatever way a context-specific log-in fails, the signature does, too. */
static void test_a_failed_answer_signs_nothing(void **state)
{
    static const char *const answers[] = {"WRONG1", "", "short", NULL};
    uint8_t sig[SIGNATURE_SIZE];
    size_t i;
    int reader;

    (void)state;
    reader = start_logged_in(NULL);
    for (i = 0; i < sizeof answers / sizeof *answers; i++) {
        begin_signature();
        assert_int_not_equal(authorise(answers[i]), CKR_OK);
        assert_int_equal(end_signature(sig), CKR_USER_NOT_LOGGED_IN);
    }
    assert_int_equal(ledger(reader).signatures[SIGN], 0);
    /* The right one after a wrong one signs, and restores the counter. */
    begin_signature();
    assert_int_not_equal(authorise("WRONG2"), CKR_OK);
    assert_int_equal(authorise(SIGN_PIN), CKR_OK);
    assert_int_equal(end_signature(sig), CKR_OK);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

/* Somebody else changed the PIN since the log-in: rule 2, last sentence. */
static void test_a_held_pin_that_fails_is_wiped(void **state)
{
    static const uint8_t change[][24] = {
        {0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00,
            0x00, 0x00, 0x01},
        {0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x1b},
        {0x00, 0x20, 0x00, 0x80, 0x06, 'A', 'B', 'C', '1', '2', '3'},
        {0x00, 0x24, 0x01, 0x80, 0x06, 'N', 'E', 'W', '1', '2', '3'},
        {0x00, 0xa4, 0x04, 0x0c, 0x07, 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00,
            0x00},
    };
    uint8_t response[258], sig[SIGNATURE_SIZE];
    CK_SESSION_INFO info;
    size_t i;
    int reader;

    (void)state;
    reader = start_logged_in(NULL);
    for (i = 0; i < sizeof change / sizeof *change; i++) {
        assert_int_equal(
            vcontrol_transmit(reader, change[i], 5u + change[i][4], response),
            2);
        assert_int_equal(response[0], 0x90);
    }
    begin_signature();
    assert_int_equal(end_signature(sig), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(ledger(reader).tries[SIGN], 4);
    EXPECT(CKR_OK, C_GetSessionInfo, session, &info);
    assert_int_equal(info.state, CKS_RO_PUBLIC_SESSION);
    assert_int_equal(login(session, CKU_USER, "NEW123"), CKR_OK);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

static void test_the_auth_key_never_asks_again(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];

    (void)state;
    start("adult", "[pin]\nsignature_pin = every\n");
    session = open_session(AUTH);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(always_authenticates(), CK_FALSE);
    begin_signature();
    assert_int_equal(authorise(AUTH_PIN), CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(end_signature(sig), CKR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_ask_signs_without_asking, stop),
        cmocka_unit_test_teardown(test_ask_takes_a_pin_for_the_signature, stop),
        cmocka_unit_test_teardown(test_every_wants_a_pin_each_time, stop),
        cmocka_unit_test_teardown(test_once_never_asks, stop),
        cmocka_unit_test_teardown(test_a_size_query_leaves_the_pin, stop),
        cmocka_unit_test_teardown(test_a_wrong_pin_ends_nothing, stop),
        cmocka_unit_test_teardown(test_a_lockout_logs_out, stop),
        cmocka_unit_test_teardown(test_a_pin_given_up_is_gone, stop),
        cmocka_unit_test_teardown(test_the_right_pin_finds_room, stop),
        cmocka_unit_test_teardown(
            test_a_program_that_asks_needs_an_answer, stop),
        cmocka_unit_test_teardown(
            test_an_answer_in_another_session_counts, stop),
        cmocka_unit_test_teardown(test_a_failed_answer_signs_nothing, stop),
        cmocka_unit_test_teardown(test_a_held_pin_that_fails_is_wiped, stop),
        cmocka_unit_test_teardown(test_the_auth_key_never_asks_again, stop),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
