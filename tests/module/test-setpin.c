/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"

/* C_SetPIN (design.md section 4, rule 6). */

static CK_SESSION_HANDLE open_rw(CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session = 0;

    EXPECT(CKR_OK, C_OpenSession, slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
        NULL, NULL, &session);
    return session;
}

static CK_RV set_pin(
    CK_SESSION_HANDLE session, const char *old_pin, const char *new_pin)
{
    char old_copy[64] = "", new_copy[64] = "";

    strncpy(old_copy, old_pin, sizeof old_copy - 1);
    strncpy(new_copy, new_pin, sizeof new_copy - 1);
    return CALL(C_SetPIN, session, (CK_UTF8CHAR *)old_copy, strlen(old_copy),
        (CK_UTF8CHAR *)new_copy, strlen(new_copy));
}

static void test_change_and_back(void **state)
{
    static const struct {
        CK_SLOT_ID slot;
        const char *old_pin, *new_pin;
    } rows[] = {{AUTH, AUTH_PIN, "9876"}, {SIGN, SIGN_PIN, "newPIN42"}};
    struct vcard_ledger now;
    size_t i;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    for (i = 0; i < 2; i++) {
        CK_SESSION_HANDLE session = open_rw(rows[i].slot);
        assert_int_equal(
            set_pin(session, rows[i].old_pin, rows[i].new_pin), CKR_OK);
        now = ledger(reader);
        assert_int_equal(now.verifies[i], 1);
        assert_int_equal(now.changes[i], 1);
        assert_int_equal(
            login(session, CKU_USER, rows[i].old_pin), CKR_PIN_INCORRECT);
        assert_int_equal(login(session, CKU_USER, rows[i].new_pin), CKR_OK);
        assert_int_equal(
            set_pin(session, rows[i].new_pin, rows[i].old_pin), CKR_OK);
        EXPECT(CKR_OK, C_Logout, session);
        assert_int_equal(login(session, CKU_USER, rows[i].old_pin), CKR_OK);
    }
}

/* Nothing malformed reaches the card, on either side. */
static void test_a_wrong_form_costs_nothing(void **state)
{
    static const struct {
        CK_SLOT_ID slot;
        const char *old_pin, *new_pin;
        CK_RV rv;
    } rows[] = {
        {AUTH, "123", "9876", CKR_PIN_INCORRECT},
        {AUTH, "", "9876", CKR_PIN_INCORRECT},
        {AUTH, AUTH_PIN, "98765", CKR_PIN_LEN_RANGE},
        {AUTH, AUTH_PIN, "", CKR_PIN_LEN_RANGE},
        {AUTH, AUTH_PIN, "987a", CKR_PIN_INVALID},
        {SIGN, "abc12", "NEW123", CKR_PIN_INCORRECT},
        {SIGN, SIGN_PIN, "NEW12", CKR_PIN_LEN_RANGE},
        {SIGN, SIGN_PIN, "NEW12345678901234", CKR_PIN_LEN_RANGE},
        {SIGN, SIGN_PIN, "NEW 123", CKR_PIN_INVALID},
    };
    unsigned apdus;
    size_t i;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_SESSION_HANDLE session = open_rw(rows[i].slot);
        apdus = ledger(reader).apdus;
        assert_int_equal(
            set_pin(session, rows[i].old_pin, rows[i].new_pin), rows[i].rv);
        assert_int_equal(ledger(reader).apdus, apdus);
    }
    assert_int_equal(ledger(reader).tries[AUTH], 3);
    assert_int_equal(ledger(reader).tries[SIGN], 5);
}

static void test_a_wrong_old_pin_costs_one_try(void **state)
{
    CK_SESSION_HANDLE session;
    int reader;

    (void)state;
    reader = start("adult", "[pin]\nlast_try = allow\n");
    session = open_rw(AUTH);
    assert_int_equal(set_pin(session, "0000", "9876"), CKR_PIN_INCORRECT);
    assert_int_equal(set_pin(session, "0000", "9876"), CKR_PIN_INCORRECT);
    assert_int_equal(set_pin(session, "0000", "9876"), CKR_FUNCTION_FAILED);
    assert_int_equal(ledger(reader).tries[AUTH], 2);
    assert_int_equal(ledger(reader).changes[AUTH], 0);
    assert_int_equal(set_pin(session, "1111", "9876"), CKR_PIN_INCORRECT);
    assert_int_equal(set_pin(session, "2222", "9876"), CKR_PIN_LOCKED);
    assert_int_equal(set_pin(session, AUTH_PIN, "9876"), CKR_PIN_LOCKED);
    assert_int_equal(ledger(reader).verifies[AUTH], 3);
}

static void test_sessions_and_cards_that_cannot(void **state)
{
    CK_SESSION_HANDLE session;

    (void)state;
    start("adult", NULL);
    session = open_session(AUTH);
    assert_int_equal(set_pin(session, AUTH_PIN, "9876"), CKR_SESSION_READ_ONLY);
    stop(state);
    start("child-6a82", NULL);
    session = open_rw(SIGN);
    assert_int_equal(
        set_pin(session, SIGN_PIN, "NEW123"), CKR_USER_PIN_NOT_INITIALIZED);
}

/* Who changes the PIN while logged in goes on signing with the new one. */
static void test_a_held_pin_is_replaced(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    session = open_rw(SIGN);
    assert_int_equal(login(session, CKU_USER, SIGN_PIN), CKR_OK);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(set_pin(session, SIGN_PIN, "NEW123"), CKR_OK);
    assert_int_equal(
        sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1, sig), CKR_OK);
    assert_int_equal(ledger(reader).wrong[SIGN], 0);
    assert_memory_equal(ledger(reader).last_pin, "NEW123", 6);
}

/* A PIN given for one signature is of no use once it was changed. */
static void test_a_pin_for_a_signature_is_dropped(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    char pin[] = SIGN_PIN;
    CK_BYTE data[] = "data";
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    CK_SESSION_HANDLE session;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    session = open_rw(SIGN);
    assert_int_equal(login(session, CKU_USER, SIGN_PIN), CKR_OK);
    EXPECT(CKR_OK, C_SignInit, session, &mechanism,
        find_object(session, CKO_PRIVATE_KEY));
    assert_int_equal(login(session, CKU_CONTEXT_SPECIFIC, pin), CKR_OK);
    assert_int_equal(set_pin(session, SIGN_PIN, "NEW123"), CKR_OK);
    EXPECT(CKR_OK, C_Sign, session, data, sizeof data, sig, &len);
    assert_int_equal(ledger(reader).wrong[SIGN], 0);
}

/* The answer to the change is lost: neither PIN is known to be right. */
static void test_a_lost_answer_logs_out(void **state)
{
    CK_SESSION_HANDLE session;
    CK_SESSION_INFO info;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    session = open_rw(AUTH);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
    /* SELECT, SELECT, counter, VERIFY, and then CHANGE. */
    vcontrol_fault(reader, 4, VFAULT_PCSC_AFTER, 0x8010002f);
    assert_int_equal(set_pin(session, AUTH_PIN, "9876"), CKR_DEVICE_ERROR);
    EXPECT(CKR_OK, C_GetSessionInfo, session, &info);
    assert_int_equal(info.state, CKS_RW_PUBLIC_SESSION);
    assert_int_equal(login(session, CKU_USER, "9876"), CKR_OK);
    assert_int_equal(ledger(reader).wrong[AUTH], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_change_and_back, stop),
        cmocka_unit_test_teardown(test_a_wrong_form_costs_nothing, stop),
        cmocka_unit_test_teardown(test_a_wrong_old_pin_costs_one_try, stop),
        cmocka_unit_test_teardown(test_sessions_and_cards_that_cannot, stop),
        cmocka_unit_test_teardown(test_a_held_pin_is_replaced, stop),
        cmocka_unit_test_teardown(test_a_pin_for_a_signature_is_dropped, stop),
        cmocka_unit_test_teardown(test_a_lost_answer_logs_out, stop),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
