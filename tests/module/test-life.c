/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/support.h"

/* Sessions and slots, and cards that come and go. */

static void test_token_counts_its_sessions(void **state)
{
    CK_TOKEN_INFO token;

    start("adult", NULL);
    open_session(AUTH);
    open_rw_session(AUTH);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &token);
    assert_int_equal(token.ulSessionCount, 2);
    assert_int_equal(token.ulRwSessionCount, 1);
}

static void test_handles_are_never_reused(void **state)
{
    CK_SESSION_HANDLE first, second;
    CK_SESSION_INFO info;

    start("adult", NULL);
    first = open_session(AUTH);
    reinitialize();
    second = open_session(AUTH);
    assert_true(first != second);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, first, &info);
}

static void test_card_taken_out(void **state)
{
    CK_SESSION_INFO info;
    CK_TOKEN_INFO token;
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = user_session(AUTH);

    vcontrol_remove(reader);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, session, &info);
    EXPECT(CKR_TOKEN_NOT_PRESENT, C_GetTokenInfo, AUTH, &token);
    insert(reader, "adult2");
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, session, &info);
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_OK, session, "4321");
    assert_int_equal(sign_data(session), CKR_OK);
}

/* Exchanged between two calls: no PIN and no signature for the other card. */
static void test_card_exchanged_unseen(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "data";
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = user_session(AUTH);

    EXPECT(CKR_OK, C_SignInit, session, &mechanism,
        find_object(session, CKO_PRIVATE_KEY));
    exchange(reader, "adult2");
    EXPECT(CKR_DEVICE_REMOVED, C_Sign, session, data, sizeof data, sig, &len);
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
    assert_int_equal(ledger(reader).signatures[AUTH], 0);
}

static void test_no_pcscd_at_start(void **state)
{
    CK_ULONG count = 7;

    configure(NULL);
    vcontrol_service(false);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    vcontrol_service(true);
    vcontrol_reader_add("Virtual Reader");
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 2);
}

/* show, and [app NAME] for the program of that name only. */
static void test_show(void **state)
{
    static const struct {
        const char *conf;
        CK_ULONG slots;
    } rows[] = {
        {"[slots]\nshow = sign\n", 1},
        {"[slots]\nshow = auth\n[app module-test-life]\nshow = both\n", 2},
        {"[app module-test-life]\nshow = auth\n", 1},
        {"[app another-program]\nshow = auth\n", 2},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_ULONG count = 0;
        start("adult", rows[i].conf);
        EXPECT(CKR_OK, C_GetSlotList, CK_TRUE, NULL, &count);
        assert_int_equal(count, rows[i].slots);
        end_test(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_token_counts_its_sessions),
        TEST(test_handles_are_never_reused),
        TEST(test_card_taken_out),
        TEST(test_card_exchanged_unseen),
        TEST(test_no_pcscd_at_start),
        TEST(test_show),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
