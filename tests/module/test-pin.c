/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/module/other_program.h"
#include "tests/vcard/persona.h"

/* docs/design.md section 4: what a PIN may cost. */

static CK_RV login_bytes(CK_SESSION_HANDLE session, const void *pin, size_t len)
{
    CK_UTF8CHAR copy[64];

    assert_true(len <= sizeof copy);
    memcpy(copy, pin, len);
    return CALL(C_Login, session, CKU_USER, copy, len);
}

/* Rule 1: no form that cannot be right reaches the card. */
static void test_pin_of_a_wrong_form(void **state)
{
    static const struct {
        int role;
        const char *pin;
        size_t len;
    } rows[] = {
        {AUTH, "", 0},
        {AUTH, "123", 3},
        {AUTH, "12345", 5},
        {AUTH, "123a", 4},
        {AUTH, "1234\n", 5},
        {AUTH, "12\0004", 4},
        {AUTH, "ABC123", 6},
        {AUTH, "１２３４", 12},
        {AUTH, " 123", 4},
        {SIGN, "", 0},
        {SIGN, "ABC12", 5},
        {SIGN, "ABCDEF12345678901", 17},
        {SIGN, "ABC-123", 7},
        {SIGN, "ABC123\n", 7},
        {SIGN, "ABC\000123", 7},
        {SIGN, "1234", 4},
        {SIGN, "ＡＢＣ１２３", 18},
        {SIGN, "ABC12\xc3", 6},
    };
    size_t i;
    int reader = start("adult", NULL);

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_SESSION_HANDLE session = open_session((CK_SLOT_ID)rows[i].role);
        unsigned apdus = ledger(reader).apdus;

        assert_int_equal(
            login_bytes(session, rows[i].pin, rows[i].len), CKR_PIN_INCORRECT);
        /* Rule 4: CKR_PIN_INCORRECT again would keep NSS in a loop. */
        assert_int_equal(login_bytes(session, rows[i].pin, rows[i].len),
            CKR_FUNCTION_FAILED);
        assert_int_equal(ledger(reader).apdus, apdus);
        EXPECT(CKR_OK, C_CloseSession, session);
    }
    assert_int_equal(ledger(reader).tries[AUTH], 3);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

static void test_another_pin_in_between(void **state)
{
    CK_SESSION_HANDLE session;

    start("adult", NULL);
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "12345");
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "54321");
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "12345");
    EXPECT_LOGIN(CKR_FUNCTION_FAILED, session, "12345");
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
}

static void test_fold_case(void **state)
{
    static const char *const forms[] = {"ABC123", "abc123", "aBc123"};
    size_t i;
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(SIGN);

    for (i = 0; i < 3; i++) {
        struct vcard_ledger now;
        EXPECT_LOGIN(CKR_OK, session, forms[i]);
        now = ledger(reader);
        assert_int_equal(now.last_pin_len, 6);
        assert_memory_equal(now.last_pin, "ABC123", 6);
        EXPECT(CKR_OK, C_Logout, session);
    }
}

static void test_fold_case_no(void **state)
{
    int reader = start("adult", "[pin]\nfold_case = no\n");
    CK_SESSION_HANDLE session = open_session(SIGN);

    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "abc123");
    assert_int_equal(ledger(reader).verifies[SIGN], 0);
    EXPECT_LOGIN(CKR_OK, session, "ABC123");
}

#define PIN_STATE                                        \
    (CKF_USER_PIN_INITIALIZED | CKF_USER_PIN_COUNT_LOW | \
        CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)

/*
 * CKF_USER_PIN_COUNT_LOW, _FINAL_TRY and _LOCKED, down to 0, where the PIN will
 * not be taken and CKF_USER_PIN_INITIALIZED is clear.
 */
static void test_flags_follow_the_counter(void **state)
{
    static const struct {
        int role;
        unsigned tries;
        const char *wrong[5];
    } rows[] = {
        {AUTH, 3, {"0000", "1111", "2222"}},
        {SIGN, 5, {"WRONG1", "WRONG2", "WRONG3", "WRONG4", "WRONG5"}},
    };
    size_t i;
    unsigned n;
    int reader = start("adult", "[pin]\nlast_try = allow\n");

    for (i = 0; i < 2; i++) {
        CK_SLOT_ID slot = (CK_SLOT_ID)rows[i].role;
        CK_SESSION_HANDLE session = open_session(slot);

        assert_int_equal(
            token_flags(slot) & PIN_STATE, CKF_USER_PIN_INITIALIZED);
        for (n = 1; n <= rows[i].tries; n++) {
            bool last = n == rows[i].tries;
            CK_FLAGS flags = CKF_USER_PIN_INITIALIZED | CKF_USER_PIN_COUNT_LOW;
            if (n == rows[i].tries - 1)
                flags |= CKF_USER_PIN_FINAL_TRY;
            if (last)
                flags = CKF_USER_PIN_LOCKED;
            assert_int_equal(login(session, CKU_USER, rows[i].wrong[n - 1]),
                last ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT);
            assert_int_equal(token_flags(slot) & PIN_STATE, flags);
            assert_int_equal(ledger(reader).verifies[rows[i].role], n);
        }
        /* A locked PIN is not sent any more, right or wrong. */
        EXPECT_LOGIN(CKR_PIN_LOCKED, session, i == AUTH ? AUTH_PIN : SIGN_PIN);
        assert_int_equal(ledger(reader).verifies[rows[i].role], rows[i].tries);
    }
}

/* A card whose authentication PIN has so many TRIES, all of them left. */
static void start_with_tries(unsigned tries)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE], path[1100];
    int reader = start(NULL, NULL);
    FILE *file;

    assert_int_equal(vcard_persona_copy("adult", folder), 0);
    (void)snprintf(path, sizeof path, "%s/card.conf", folder);
    file = fopen(path, "ae");
    assert_non_null(file);
    assert_true(
        fprintf(file, "[auth]\ntries = %u\nleft = %u\n", tries, tries) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(vcontrol_insert(reader, folder), 0);
}

/*
 * Full is what the card told after a right PIN, not the usual number: a card of
 * fewer tries has all of them left then, and one of more does not.
 */
static void test_low_is_below_what_the_card_told(void **state)
{
    static const struct {
        unsigned tries;
        CK_FLAGS before;
        const char *status;
    } rows[] = {
        {2, CKF_USER_PIN_COUNT_LOW, "\"tries_left\":2,\"tries_max\":2"},
        {5, 0, "\"tries_left\":5,\"tries_max\":5"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_SESSION_HANDLE session;

        start_with_tries(rows[i].tries);
        session = open_session(AUTH);
        assert_int_equal(
            token_flags(AUTH) & CKF_USER_PIN_COUNT_LOW, rows[i].before);
        EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
        assert_int_equal(token_flags(AUTH) & CKF_USER_PIN_COUNT_LOW, 0);
        assert_says(status_text(session), rows[i].status);
        EXPECT(CKR_OK, C_Logout, session);
        EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "0000");
        assert_true(token_flags(AUTH) & CKF_USER_PIN_COUNT_LOW);
        end_test(NULL);
    }
}

/*
 * last_try = refuse: an NSS program that reads CKF_USER_PIN_INITIALIZED clear
 * asks for no PIN, and one that asks all the same gets the rule's answer. Once
 * another program has used the try rightly, the flag is back.
 */
static void test_no_prompt_for_a_spared_try(void **state)
{
    int role, reader = start("last-try", NULL);

    for (role = AUTH; role <= SIGN; role++) {
        CK_SLOT_ID slot = (CK_SLOT_ID)role;
        CK_SESSION_HANDLE session = open_session(slot);

        assert_int_equal(token_flags(slot) & PIN_STATE,
            CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
        EXPECT_LOGIN(CKR_FUNCTION_FAILED, session, persona_pins[role]);
        assert_int_equal(ledger(reader).verifies[role], 0);
        assert_true(other_verify(reader, role, persona_pins[role]));
        other_log_out(reader);
    }
    reinitialize();
    for (role = AUTH; role <= SIGN; role++)
        assert_int_equal(token_flags((CK_SLOT_ID)role) & PIN_STATE,
            CKF_USER_PIN_INITIALIZED);
}

static void test_token_info_changes_no_counter(void **state)
{
    int i, reader = start("last-try", NULL);

    for (i = 0; i < 100; i++) {
        /* A module that has just been loaded remembers nothing. */
        reinitialize();
        assert_int_equal(token_flags(AUTH) & PIN_STATE,
            CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
        assert_int_equal(token_flags(SIGN) & PIN_STATE,
            CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
    }
    assert_int_equal(ledger(reader).queries[AUTH], 100);
    assert_int_equal(ledger(reader).queries[SIGN], 100);
    assert_int_equal(ledger(reader).tries[AUTH], 1);
    assert_int_equal(ledger(reader).tries[SIGN], 1);
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
    assert_int_equal(ledger(reader).verifies[SIGN], 0);
}

/* Rule 3: a wrong PIN offered again and again costs one try. */
static void test_same_wrong_pin_is_sent_once(void **state)
{
    int i, reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(SIGN);

    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "WRONG1");
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "wrong1");
    for (i = 0; i < 10; i++)
        EXPECT_LOGIN(CKR_FUNCTION_FAILED, session, "wrong1");
    assert_int_equal(ledger(reader).verifies[SIGN], 1);
    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

/* Rule 2: none that failed is sent again, in whatever order they come. */
static void test_wrong_pins_in_turn(void **state)
{
    static const char *const wrong[] = {"WRONG1", "WRONG2", "WRONG3"};
    int i, reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(SIGN);

    for (i = 0; i < 12; i++)
        EXPECT_LOGIN(CKR_PIN_INCORRECT, session, wrong[i % 3]);
    assert_int_equal(ledger(reader).verifies[SIGN], 3);
    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
}

/* A PIN length beyond all bounds: no byte is read. */
static void test_pin_of_a_nonsense_length(void **state)
{
    CK_UTF8CHAR pin[] = AUTH_PIN;
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);
    unsigned apdus = ledger(reader).apdus;

    EXPECT(CKR_PIN_INCORRECT, C_Login, session, CKU_USER, pin, (CK_ULONG)-1);
    EXPECT(CKR_FUNCTION_FAILED, C_Login, session, CKU_USER, pin, (CK_ULONG)-1);
    assert_int_equal(ledger(reader).apdus, apdus);
}

/* The last session of a slot logs out (PKCS #11 5.6.2). */
static void test_last_session_logs_out(void **state)
{
    CK_SESSION_HANDLE session, other;

    start("adult", NULL);
    session = user_session(AUTH);
    other = open_session(AUTH);
    EXPECT_LOGIN(CKR_USER_ALREADY_LOGGED_IN, other, AUTH_PIN);
    EXPECT(CKR_OK, C_CloseSession, session);
    assert_int_equal(session_state(other), CKS_RO_USER_FUNCTIONS);
    EXPECT(CKR_OK, C_CloseSession, other);
    session = open_session(AUTH);
    EXPECT(CKR_USER_NOT_LOGGED_IN, C_Logout, session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pin_of_a_wrong_form),
        TEST(test_another_pin_in_between),
        TEST(test_fold_case),
        TEST(test_fold_case_no),
        TEST(test_flags_follow_the_counter),
        TEST(test_low_is_below_what_the_card_told),
        TEST(test_no_prompt_for_a_spared_try),
        TEST(test_token_info_changes_no_counter),
        TEST(test_same_wrong_pin_is_sent_once),
        TEST(test_wrong_pins_in_turn),
        TEST(test_pin_of_a_nonsense_length),
        TEST(test_last_session_logs_out),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
