/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/other_program.h"

/* PINs and retry counters when an answer of the card is lost. */

static int reader;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static CK_RV do_sign(void)
{
    uint8_t sig[SIGNATURE_SIZE];

    return sign_with(session, key, CKM_SHA256_RSA_PKCS, "data", 4, sig);
}

/* The reply to VERIFY is lost: the PIN is not sent again. */
static void test_lost_reply_to_a_wrong_pin(void **state)
{
    static const enum vfault how[] = {VFAULT_PCSC_AFTER, VFAULT_SW_AFTER};
    static const uint32_t value[] = {0x8010002f, 0x6f00};
    uint8_t sig[SIGNATURE_SIZE];
    size_t i;
    int n;

    for (i = 0; i < 2; i++) {
        reader = start("adult", NULL);
        session = open_session(AUTH);
        for (n = 0; n < 4; n++) {
            /* SELECT, 6 reads at first, SELECT, counter, then VERIFY. */
            vcontrol_fault(reader, n == 0 ? 9 : 3, how[i], value[i]);
            (void)login(session, CKU_USER, "0000");
        }
        assert_int_equal(ledger(reader).verifies[AUTH], 1);
        vcontrol_fault(reader, 0, VFAULT_NONE, 0);
        EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
        key = find_object(session, CKO_PRIVATE_KEY);
        end_test(state);

        /* A held PIN that was changed meanwhile is sent once. */
        reader = start("adult", NULL);
        session = user_session(AUTH);
        key = find_object(session, CKO_PRIVATE_KEY);
        other_change(reader, AUTH, AUTH_PIN, "8888");
        for (n = 0; n < 4; n++) {
            vcontrol_fault(reader, 3, how[i], value[i]);
            assert_true(sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1,
                            sig) != CKR_OK);
        }
        assert_int_equal(ledger(reader).wrong[AUTH], 1);
        end_test(state);
    }
}

/* A right PIN whose answer was lost is sent once more: the counter says so. */
static void test_lost_reply_to_a_right_pin(void **state)
{
    static const enum vfault how[] = {VFAULT_PCSC, VFAULT_PCSC_AFTER};
    size_t i;

    for (i = 0; i < 2; i++) {
        reader = start("adult", NULL);
        session = open_session(AUTH);
        vcontrol_fault(reader, 9, how[i], 0x8010002f);
        EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
        assert_int_equal(ledger(reader).verifies[AUTH], 1 + i);
        end_test(state);
    }
}

/* A wrong one whose answer was lost has cost its try, and costs no other. */
static void test_lost_reply_costs_one_try(void **state)
{
    reader = start("adult", NULL);
    session = open_session(AUTH);
    vcontrol_fault(reader, 9, VFAULT_PCSC_AFTER, 0x8010002f);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "0000");
    assert_int_equal(ledger(reader).tries[AUTH], 2);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "0000");
    assert_int_equal(ledger(reader).verifies[AUTH], 1);
}

/* A card that tells no count is not asked twice with the same wrong PIN. */
static void test_wrong_pin_without_a_count(void **state)
{
    int n;

    reader = start("quirk-6300", NULL);
    session = open_session(SIGN);
    for (n = 0; n < 5; n++)
        (void)login(session, CKU_USER, "WRONG1");
    assert_int_equal(ledger(reader).verifies[SIGN], 1);
}

/* An odd answer is asked about once more, before it counts as none. */
static void test_last_try_with_an_unknown_counter(void **state)
{
    reader = start("last-try", NULL);
    session = open_session(AUTH);
    vcontrol_fault(reader, 8, VFAULT_SW, 0x6f00);
    EXPECT_LOGIN(CKR_FUNCTION_FAILED, session, "0000");
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
    vcontrol_faults(
        reader, &(struct vfault_plan){2, VFAULT_SW, 0x6f00, true}, 1);
    EXPECT_LOGIN(CKR_DEVICE_ERROR, session, "0000");
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
}

/* A card that does not say whether a certificate exists may be asked later. */
static void test_certificate_that_may_exist(void **state)
{
    static const CK_SLOT_ID slots[] = {AUTH, SIGN};
    size_t i;

    for (i = 0; i < 2; i++) {
        reader = start("quirk-no-ef0008", NULL);
        /* SELECT, EF 0006, EF 0008 by two ways, then each certificate's. */
        vcontrol_faults(
            reader, &(struct vfault_plan){3, VFAULT_SW, 0x6581, true}, 1);
        session = open_session(slots[i]);
        vcontrol_fault(reader, 0, VFAULT_NONE, 0);
        EXPECT_LOGIN(CKR_OK, session, persona_pins[i]);
        end_test(state);
    }
}

/* The reader is unplugged and comes back with another card, unseen. */
static void test_another_card_after_a_replug(void **state)
{
    CK_TOKEN_INFO before, after;
    int other;
    CK_RV rv;

    reader = start("adult", NULL);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &before);
    vcontrol_reader_remove(reader);
    other = vcontrol_reader_add("Virtual Reader");
    insert(other, "adult2");
    session = CK_INVALID_HANDLE;
    rv = CALL(C_OpenSession, SIGN, CKF_SERIAL_SESSION, NULL, NULL, &session);
    if (rv == CKR_OK)
        rv = login(session, CKU_USER, "XYZ789");
    if (rv != CKR_OK) {
        /* Noticed: what was known of the other card is gone. */
        assert_int_equal(rv, CKR_DEVICE_REMOVED);
        session = open_session(SIGN);
        rv = login(session, CKU_USER, "XYZ789");
        /* Given to a session of the other card, it may be that one's PIN. */
        if (rv == CKR_PIN_INCORRECT)
            rv = login(session, CKU_USER, "XYZ789");
        assert_int_equal(rv, CKR_OK);
    }
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &after);
    assert_memory_not_equal(before.serialNumber, after.serialNumber, 16);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(do_sign(), CKR_OK);
}

/* The same with a session open: it ends, and with it all that it knew. */
static void test_another_card_under_a_session(void **state)
{
    CK_TOKEN_INFO before, after;
    int other;
    CK_RV rv;

    reader = start("adult", NULL);
    session = user_session(SIGN);
    key = find_object(session, CKO_PRIVATE_KEY);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &before);
    vcontrol_reader_remove(reader);
    other = vcontrol_reader_add("Virtual Reader");
    insert(other, "adult2");
    assert_int_equal(do_sign(), CKR_DEVICE_REMOVED);
    assert_int_equal(ledger(other).verifies[SIGN], 0);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_CloseSession, session);
    /* The old card's identity may be noticed once more. */
    rv = CALL(C_GetTokenInfo, AUTH, &after);
    if (rv == CKR_DEVICE_REMOVED)
        rv = CALL(C_GetTokenInfo, AUTH, &after);
    assert_int_equal(rv, CKR_OK);
    assert_memory_not_equal(before.serialNumber, after.serialNumber, 16);
    session = open_session(SIGN);
    EXPECT_LOGIN(CKR_OK, session, "XYZ789");
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(do_sign(), CKR_OK);
}

/* What pcscd says of a command until it sees that the card was taken out. */
#define NOT_TRANSACTED 0x80100016

/*
 * Commands of a signature are lost, from the second on, and with the command AT
 * the card is out: what the signature answers. False where it ended before.
 */
static bool loses_card(unsigned at, CK_RV *ret_rv)
{
    const struct vfault_plan plans[] = {
        {at, VFAULT_REMOVE, NOT_TRANSACTED, false},
        {1, VFAULT_PCSC, NOT_TRANSACTED, true}};
    CK_SLOT_INFO info;

    reader = start("adult", NULL);
    session = user_session(AUTH);
    key = find_object(session, CKO_PRIVATE_KEY);
    vcontrol_faults(reader, plans, 2);
    *ret_rv = do_sign();
    EXPECT(CKR_OK, C_GetSlotInfo, AUTH, &info);
    end_test(NULL);
    return !(info.flags & CKF_TOKEN_PRESENT);
}

static void test_commands_lost_by_a_removal(void **state)
{
    unsigned at = 0;
    CK_RV rv;

    for (; loses_card(at, &rv); at++)
        assert_int_equal(rv, CKR_DEVICE_REMOVED);
    assert_int_equal(rv, CKR_DEVICE_ERROR);
    print_message("taken out at each of %u commands\n", at);
    assert_true(at >= 3);
}

/*
 * Half an answer, for which pcscd tells of no failure, and then no card: it was
 * taken out.
 */
static void test_an_answer_cut_by_a_removal(void **state)
{
    const struct vfault_plan plans[] = {{4, VFAULT_LENGTH, 0, false},
        {5, VFAULT_REMOVE, NOT_TRANSACTED, false}};

    reader = start("adult", NULL);
    session = user_session(AUTH);
    key = find_object(session, CKO_PRIVATE_KEY);
    vcontrol_faults(reader, plans, 2);
    assert_int_equal(do_sign(), CKR_DEVICE_REMOVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lost_reply_to_a_wrong_pin),
        TEST(test_lost_reply_to_a_right_pin),
        TEST(test_lost_reply_costs_one_try),
        TEST(test_wrong_pin_without_a_count),
        TEST(test_last_try_with_an_unknown_counter),
        TEST(test_certificate_that_may_exist),
        TEST(test_another_card_after_a_replug),
        TEST(test_another_card_under_a_session),
        TEST(test_commands_lost_by_a_removal),
        TEST(test_an_answer_cut_by_a_removal),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
