/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/module/support.h"

/*
 * A program that starts before its reader, or before pcscd: a pair of empty
 * slots is there for the first reader, since NSS asks for slots only once.
 */

#define SLOTS_MAX 8

static CK_ULONG list_slots(CK_BBOOL with_card, CK_SLOT_ID slots[SLOTS_MAX])
{
    CK_ULONG count = SLOTS_MAX;

    EXPECT(CKR_OK, C_GetSlotList, with_card, slots, &count);
    return count;
}

static void expect_slot(CK_SLOT_ID slot, const char *description, bool has_card)
{
    char padded[65];
    CK_SLOT_INFO info;

    memset(&info, 0x77, sizeof info);
    EXPECT(CKR_OK, C_GetSlotInfo, slot, &info);
    (void)snprintf(padded, sizeof padded, "%-64s", description);
    assert_memory_equal(info.slotDescription, padded, 64);
    assert_int_equal(info.flags, CKF_HW_SLOT | CKF_REMOVABLE_DEVICE |
                                     (has_card ? CKF_TOKEN_PRESENT : 0));
}

/* What needs a card says that there is none. */
static void expect_empty(CK_SLOT_ID slot, const char *description)
{
    CK_SESSION_HANDLE session;
    CK_MECHANISM_INFO mechanism;
    CK_TOKEN_INFO token;
    CK_ULONG count = 0;

    expect_slot(slot, description, false);
    EXPECT(CKR_ARGUMENTS_BAD, C_GetSlotInfo, slot, NULL);
    EXPECT(CKR_TOKEN_NOT_PRESENT, C_GetTokenInfo, slot, &token);
    EXPECT(CKR_TOKEN_NOT_PRESENT, C_GetMechanismList, slot, NULL, &count);
    EXPECT(CKR_TOKEN_NOT_PRESENT, C_GetMechanismInfo, slot, CKM_RSA_PKCS,
        &mechanism);
    EXPECT(CKR_TOKEN_NOT_PRESENT, C_OpenSession, slot, CKF_SERIAL_SESSION, NULL,
        NULL, &session);
}

/* C_Initialize with CONF, where there is no reader, and with no pcscd either.
 */
static void start_without_reader(const char *conf, bool service)
{
    configure(conf);
    vcontrol_service(service);
    EXPECT(CKR_OK, C_Initialize, NULL);
}

static void expect_no_event(void)
{
    CK_SLOT_ID slot;

    EXPECT(CKR_NO_EVENT, C_WaitForSlotEvent, CKF_DONT_BLOCK, &slot, NULL);
}

static void test_a_pair_of_empty_slots(void **state)
{
    CK_SLOT_ID slots[SLOTS_MAX] = {7, 7};
    CK_SLOT_INFO info;
    int service;

    for (service = 0; service < 2; service++) {
        start_without_reader(NULL, service == 1);
        assert_int_equal(list_slots(CK_TRUE, slots), 0);
        assert_int_equal(list_slots(CK_FALSE, slots), 2);
        assert_int_equal(slots[0], AUTH);
        assert_int_equal(slots[1], SIGN);
        expect_empty(AUTH, "(no card reader) auth");
        expect_empty(SIGN, "(no card reader) sign");
        EXPECT(CKR_TOKEN_NOT_PRESENT, C_CloseAllSessions, AUTH);
        EXPECT(CKR_SLOT_ID_INVALID, C_GetSlotInfo, 2, &info);
        expect_no_event();
        EXPECT(CKR_OK, C_Finalize, NULL);
    }
}

static void test_one_empty_slot_with_show(void **state)
{
    CK_SLOT_ID slots[SLOTS_MAX] = {7};
    CK_SLOT_INFO info;

    start_without_reader("[slots]\nshow = sign\n", true);
    assert_int_equal(list_slots(CK_FALSE, slots), 1);
    assert_int_equal(slots[0], SIGN);
    expect_empty(SIGN, "(no card reader) sign");
    EXPECT(CKR_SLOT_ID_INVALID, C_GetSlotInfo, AUTH, &info);
}

/* A reader that the configuration leaves out is none. */
static void test_empty_slots_beside_a_reader_left_out(void **state)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    int reader;

    reader = vcontrol_reader_add("Left Out");
    insert(reader, "adult");
    start_without_reader("[card]\nignore_reader = left\n", true);
    assert_int_equal(list_slots(CK_FALSE, slots), 2);
    expect_empty(AUTH, "(no card reader) auth");
    insert(vcontrol_reader_add("Taken"), "adult");
    expect_slot(AUTH, "Taken auth", true);
}

/* The slots of the list are the first reader's. */
static void expect_take_over(bool is_told)
{
    CK_SLOT_ID slot = 7, slots[SLOTS_MAX];

    if (is_told) {
        EXPECT(CKR_OK, C_WaitForSlotEvent, CKF_DONT_BLOCK, &slot, NULL);
        assert_int_equal(slot, AUTH);
        EXPECT(CKR_OK, C_WaitForSlotEvent, CKF_DONT_BLOCK, &slot, NULL);
        assert_int_equal(slot, SIGN);
        expect_no_event();
    }
    expect_slot(SIGN, "Virtual Reader sign", true);
    expect_slot(AUTH, "Virtual Reader auth", true);
    assert_int_equal(sign_data(user_session(AUTH)), CKR_OK);
    assert_int_equal(list_slots(CK_FALSE, slots), 2);
    assert_int_equal(slots[0], AUTH);
}

/* Seen by C_GetSlotInfo alone, or told of; the reader or pcscd being late. */
static void test_the_first_reader_takes_them_over(void **state)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    int i;

    for (i = 0; i < 4; i++) {
        bool is_told = i % 2, service = i / 2;
        start_without_reader(NULL, service);
        assert_int_equal(list_slots(CK_FALSE, slots), 2);
        expect_empty(AUTH, "(no card reader) auth");
        insert(vcontrol_reader_add("Virtual Reader"), "adult");
        vcontrol_service(true);
        expect_take_over(is_told);
        end_test(state);
    }
}

/* Pulled out again, it keeps them; and the next reader has others. */
static void test_the_first_reader_keeps_them(void **state)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = 0;
    int reader;

    start_without_reader(NULL, true);
    assert_int_equal(list_slots(CK_FALSE, slots), 2);
    reader = vcontrol_reader_add("Virtual Reader");
    expect_slot(AUTH, "Virtual Reader auth", false);
    vcontrol_reader_remove(reader);
    expect_empty(AUTH, "Virtual Reader auth");
    insert(vcontrol_reader_add("Another Reader"), "adult");
    expect_empty(AUTH, "Virtual Reader auth");
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 4);
    expect_slot(2, "Another Reader auth", true);
}

/* PKCS #11 5.5.1: the second call of a pair finds what the first one counted.
 */
static void test_readers_come_between_two_calls(void **state)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = 0;

    start_without_reader(NULL, true);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 2);
    vcontrol_reader_add("Virtual Reader");
    vcontrol_reader_add("Another Reader");
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, slots, &count);
    assert_int_equal(count, 2);
    assert_int_equal(slots[0], AUTH);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_pair_of_empty_slots),
        TEST(test_one_empty_slot_with_show),
        TEST(test_empty_slots_beside_a_reader_left_out),
        TEST(test_the_first_reader_takes_them_over),
        TEST(test_the_first_reader_keeps_them),
        TEST(test_readers_come_between_two_calls),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
