/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/other_program.h"

/*
 * Programs that offer one PIN again and again, or to every slot: how many tries
 * that costs (docs/design.md section 4, rules 1, 3 and 4).
 */

#define PATIENCE 1000 /* offers after which a loop counts as endless */

static const CK_ULONG tries_of[] = {[AUTH] = 3, [SIGN] = 5};

/*
 * As NSS does with a password callback that knows one answer: it is called
 * again as long as C_Login says that the PIN was incorrect.
 */
static CK_RV log_in_like_nss(
    CK_SESSION_HANDLE session, CK_USER_TYPE user, const char *pin)
{
    CK_RV rv = CKR_PIN_INCORRECT;
    int i;

    for (i = 0; i < PATIENCE && rv == CKR_PIN_INCORRECT; i++)
        rv = login(session, user, pin);
    assert_int_not_equal(rv, CKR_PIN_INCORRECT);
    return rv;
}

static void expect_spent(int reader, int role, unsigned verifies)
{
    struct vcard_ledger now = ledger(reader);

    assert_int_equal(now.verifies[role], verifies);
    assert_int_equal(now.wrong[role], verifies);
    assert_int_equal(now.tries[role], tries_of[role] - verifies);
}

static void test_wrong_pin_in_a_loop_costs_one_try(void **state)
{
    static const char *const wrong[] = {[AUTH] = "9999", [SIGN] = "wrong123"};
    CK_SESSION_HANDLE session;
    int role, i, reader = start("adult", NULL);

    for (role = AUTH; role <= SIGN; role++) {
        session = open_session((CK_SLOT_ID)role);
        for (i = 0; i < 3; i++) {
            assert_int_equal(log_in_like_nss(session, CKU_USER, wrong[role]),
                CKR_FUNCTION_FAILED);
            expect_spent(reader, role, 1);
        }
        /* Another session is no other card. */
        EXPECT(CKR_OK, C_CloseSession, session);
        session = open_session((CK_SLOT_ID)role);
        assert_int_equal(log_in_like_nss(session, CKU_USER, wrong[role]),
            CKR_FUNCTION_FAILED);
        expect_spent(reader, role, 1);
    }
}

/* last_try = allow: the loop ends when the PIN is locked. */
static void test_wrong_pin_in_a_loop_at_the_last_try(void **state)
{
    int reader = start("last-try", "[pin]\nlast_try = allow\n");
    CK_SESSION_HANDLE session = open_session(AUTH);

    assert_int_equal(
        log_in_like_nss(session, CKU_USER, "9999"), CKR_PIN_LOCKED);
    assert_int_equal(ledger(reader).verifies[AUTH], 1);
    assert_int_equal(
        log_in_like_nss(session, CKU_USER, AUTH_PIN), CKR_PIN_LOCKED);
    assert_int_equal(ledger(reader).verifies[AUTH], 1);

    session = open_session(SIGN);
    assert_int_equal(
        log_in_like_nss(session, CKU_USER, "short"), CKR_FUNCTION_FAILED);
    assert_int_equal(ledger(reader).tries[SIGN], 1);
}

/* last_try = refuse, the default: not even the right PIN is sent. */
static void test_last_try_is_spared(void **state)
{
    static const char *const typed[] = {"9999", AUTH_PIN, "9998"};
    size_t i;
    int reader = start("last-try", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);

    for (i = 0; i < sizeof typed / sizeof *typed; i++)
        assert_int_equal(
            log_in_like_nss(session, CKU_USER, typed[i]), CKR_FUNCTION_FAILED);
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
    assert_int_equal(ledger(reader).tries[AUTH], 1);
}

/* One try less than there was at the log-in: the held PIN may be an old one. */
static void test_held_pin_waits_for_a_full_counter(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    unsigned verifies;
    int role, reader = start("adult", NULL);

    for (role = AUTH; role <= SIGN; role++) {
        session = open_session((CK_SLOT_ID)role);
        EXPECT_LOGIN(CKR_OK, session, persona_pins[role]);
        key = find_object(session, CKO_PRIVATE_KEY);
        other_mistypes(reader, role);
        verifies = ledger(reader).verifies[role];
        assert_int_equal(
            sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1, sig),
            CKR_USER_NOT_LOGGED_IN);
        assert_int_equal(ledger(reader).verifies[role], verifies);
        /* It is wiped, and typed again it restores the counter. */
        EXPECT(CKR_USER_NOT_LOGGED_IN, C_Logout, session);
        EXPECT_LOGIN(CKR_OK, session, persona_pins[role]);
        assert_int_equal(ledger(reader).tries[role], tries_of[role]);
    }
}

/* last_try = refuse: neither a held PIN nor a typed one is sent. */
static void test_held_pin_spares_the_last_try(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = user_session(AUTH);
    CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);

    other_mistypes(reader, AUTH);
    other_mistypes(reader, AUTH);
    assert_int_equal(sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1, sig),
        CKR_USER_NOT_LOGGED_IN);
    EXPECT_LOGIN(CKR_FUNCTION_FAILED, session, AUTH_PIN);
    /* The log-in, and what the other program sent. */
    assert_int_equal(ledger(reader).verifies[AUTH], 3);
    assert_int_equal(ledger(reader).tries[AUTH], 1);
}

/* NSS asks in the same way for the PIN of one signature. */
static void test_wrong_pin_in_a_loop_for_a_signature(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = user_session(SIGN);
    CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);

    EXPECT(CKR_OK, C_SignInit, session, &mechanism, key);
    assert_int_equal(log_in_like_nss(session, CKU_CONTEXT_SPECIFIC, "WRONG1"),
        CKR_FUNCTION_FAILED);
    assert_int_equal(ledger(reader).wrong[SIGN], 1);
    assert_int_equal(log_in_like_nss(session, CKU_CONTEXT_SPECIFIC, "wrong"),
        CKR_FUNCTION_FAILED);
    assert_int_equal(ledger(reader).wrong[SIGN], 1);
    assert_int_equal(ledger(reader).verifies[SIGN], 2);
    assert_int_equal(ledger(reader).tries[SIGN], 4);
}

/* A wrong PIN stays refused after the card took another one. */
static void test_remember_wrong_after_a_right_pin(void **state)
{
    int i, reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(SIGN);

    for (i = 0; i < 5; i++) {
        assert_int_not_equal(login(session, CKU_USER, "WRONG1"), CKR_OK);
        EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
        EXPECT(CKR_OK, C_Logout, session);
        assert_int_equal(ledger(reader).wrong[SIGN], 1);
        assert_int_equal(ledger(reader).tries[SIGN], 5);
    }
}

static void test_remember_wrong_no(void **state)
{
    int i, reader = start("adult", "[pin]\nremember_wrong = no\n");
    CK_SESSION_HANDLE session = open_session(AUTH);

    for (i = 0; i < 2; i++)
        EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "9999");
    assert_int_equal(ledger(reader).wrong[AUTH], 2);
    EXPECT_LOGIN(CKR_FUNCTION_FAILED, session, "9999"); /* last_try */
    assert_int_equal(ledger(reader).tries[AUTH], 1);
}

/* libp11 initialises the module for each URL that curl is given. */
static void test_remember_wrong_after_finalize(void **state)
{
    CK_SESSION_HANDLE session;
    int i, reader = start("adult", NULL);

    for (i = 0; i < 4; i++) {
        session = open_session(AUTH);
        EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "9999");
        assert_int_equal(ledger(reader).wrong[AUTH], 1);
        reinitialize();
    }
    assert_int_equal(ledger(reader).tries[AUTH], 2);
}

/*
 * ssh-add -s takes one PIN and logs in with it to every slot whose token wants
 * a log-in, each in a session of its own.
 */
static void add_like_ssh(const char *pin, CK_RV ret_answers[2])
{
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;

    for (slot = AUTH; slot <= SIGN; slot++) {
        assert_true(token_flags(slot) & CKF_LOGIN_REQUIRED);
        session = open_rw_session(slot);
        ret_answers[slot] = login(session, CKU_USER, pin);
    }
}

static void test_one_pin_to_every_slot(void **state)
{
    static const struct {
        const char *pin;
        CK_RV answers[2];
        unsigned verifies[2], wrong[2];
    } rows[] = {
        {AUTH_PIN, {CKR_OK, CKR_PIN_INCORRECT}, {1, 0}, {0, 0}},
        {SIGN_PIN, {CKR_PIN_INCORRECT, CKR_OK}, {0, 1}, {0, 0}},
        {"abc123", {CKR_PIN_INCORRECT, CKR_OK}, {0, 1}, {0, 0}},
        {"9999", {CKR_PIN_INCORRECT, CKR_PIN_INCORRECT}, {1, 0}, {1, 0}},
        {"WRONG1", {CKR_PIN_INCORRECT, CKR_PIN_INCORRECT}, {0, 1}, {0, 1}},
        {"", {CKR_PIN_INCORRECT, CKR_PIN_INCORRECT}, {0, 0}, {0, 0}},
        {"a pass phrase", {CKR_PIN_INCORRECT, CKR_PIN_INCORRECT}, {0, 0},
            {0, 0}},
    };
    size_t i;
    int role;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        int reader = start("adult", NULL);
        CK_RV answers[2];
        struct vcard_ledger now;

        add_like_ssh(rows[i].pin, answers);
        now = ledger(reader);
        for (role = AUTH; role <= SIGN; role++) {
            assert_int_equal(answers[role], rows[i].answers[role]);
            assert_int_equal(now.verifies[role], rows[i].verifies[role]);
            assert_int_equal(now.wrong[role], rows[i].wrong[role]);
        }
        end_test(state);
    }
}

/* Each slot remembers its own wrong PINs. */
static void test_one_wrong_pin_to_every_slot(void **state)
{
    CK_RV answers[2];
    int i, reader = start("adult", NULL);

    for (i = 0; i < 20; i++) {
        add_like_ssh("9999", answers);
        add_like_ssh("9999", answers);
        assert_int_not_equal(answers[AUTH], CKR_OK);
        assert_int_not_equal(answers[SIGN], CKR_OK);
    }
    expect_spent(reader, AUTH, 1);
    expect_spent(reader, SIGN, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wrong_pin_in_a_loop_costs_one_try),
        TEST(test_wrong_pin_in_a_loop_at_the_last_try),
        TEST(test_wrong_pin_in_a_loop_for_a_signature),
        TEST(test_last_try_is_spared),
        TEST(test_held_pin_waits_for_a_full_counter),
        TEST(test_held_pin_spares_the_last_try),
        TEST(test_remember_wrong_after_a_right_pin),
        TEST(test_remember_wrong_after_finalize),
        TEST(test_remember_wrong_no),
        TEST(test_one_pin_to_every_slot),
        TEST(test_one_wrong_pin_to_every_slot),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
