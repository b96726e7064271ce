/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"

/* C_SetPIN (docs/design.md section 4, rule 6). */

static CK_SESSION_HANDLE open_rw(CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session = 0;

    session = open_rw_session(slot);
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

static void test_set_pin_and_back(void **state)
{
    static const struct {
        CK_SLOT_ID slot;
        const char *old_pin, *new_pin;
    } rows[] = {{AUTH, AUTH_PIN, "9876"}, {SIGN, SIGN_PIN, "newPIN42"}};
    struct vcard_ledger now;
    size_t i;
    int reader = start("adult", NULL);

    for (i = 0; i < 2; i++) {
        CK_SESSION_HANDLE session = open_rw(rows[i].slot);
        assert_int_equal(
            set_pin(session, rows[i].old_pin, rows[i].new_pin), CKR_OK);
        now = ledger(reader);
        assert_int_equal(now.verifies[i], 1);
        assert_int_equal(now.changes[i], 1);
        EXPECT_LOGIN(CKR_PIN_INCORRECT, session, rows[i].old_pin);
        EXPECT_LOGIN(CKR_OK, session, rows[i].new_pin);
        assert_int_equal(
            set_pin(session, rows[i].new_pin, rows[i].old_pin), CKR_OK);
        EXPECT(CKR_OK, C_Logout, session);
        EXPECT_LOGIN(CKR_OK, session, rows[i].old_pin);
    }
}

static void test_set_pin_with_a_wrong_old_pin(void **state)
{
    int reader = start("adult", "[pin]\nlast_try = allow\n");
    CK_SESSION_HANDLE session = open_rw(AUTH);

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

/* After a change while logged in, signatures use the new PIN. */
static void test_set_pin_replaces_the_held_pin(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    CK_OBJECT_HANDLE key;
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_rw(SIGN);

    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(set_pin(session, SIGN_PIN, "NEW123"), CKR_OK);
    assert_int_equal(
        sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1, sig), CKR_OK);
    assert_int_equal(ledger(reader).wrong[SIGN], 0);
    assert_memory_equal(ledger(reader).last_pin, "NEW123", 6);
}

/* A PIN given for one signature is of no use once it was changed. */
static void test_set_pin_drops_the_pin_of_a_signature(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    char pin[] = SIGN_PIN;
    CK_BYTE data[] = "data";
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_rw(SIGN);

    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    EXPECT(CKR_OK, C_SignInit, session, &mechanism,
        find_object(session, CKO_PRIVATE_KEY));
    assert_int_equal(login(session, CKU_CONTEXT_SPECIFIC, pin), CKR_OK);
    assert_int_equal(set_pin(session, SIGN_PIN, "NEW123"), CKR_OK);
    EXPECT(CKR_OK, C_Sign, session, data, sizeof data, sig, &len);
    assert_int_equal(ledger(reader).wrong[SIGN], 0);
}

/* The answer to the change is lost: neither PIN is known to be right. */
static void test_set_pin_with_a_lost_answer(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_rw(AUTH);

    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    /* SELECT, SELECT, counter, VERIFY, and then CHANGE. */
    vcontrol_fault(reader, 4, VFAULT_PCSC_AFTER, 0x8010002f);
    assert_int_equal(set_pin(session, AUTH_PIN, "9876"), CKR_DEVICE_ERROR);
    assert_int_equal(session_state(session), CKS_RW_PUBLIC_SESSION);
    EXPECT_LOGIN(CKR_OK, session, "9876");
    assert_int_equal(ledger(reader).wrong[AUTH], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_set_pin_and_back),
        TEST(test_set_pin_with_a_wrong_old_pin),
        TEST(test_set_pin_replaces_the_held_pin),
        TEST(test_set_pin_drops_the_pin_of_a_signature),
        TEST(test_set_pin_with_a_lost_answer),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
