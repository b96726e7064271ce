/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/support.h"

/*
 * A PIN that belongs to one card is not sent to another just after: by programs
 * that offer one PIN to every card, and by programs whose card was exchanged
 * while they waited for the PIN (docs/design.md section 4, rule 3).
 */

/* The PIN of adult2, the second card. */
#define OTHER_PIN "4321"

/* The auth slot of the second reader. */
#define OTHER_SLOT 2

struct cards {
    int reader, other;
    CK_SESSION_HANDLE session, other_session;
};

/* Two persons' cards in two readers, a session on each. */
static struct cards start_two(void)
{
    struct cards cards;
    CK_ULONG count = 0;

    cards.reader = start("adult", NULL);
    cards.other = vcontrol_reader_add("Second Reader");
    insert(cards.other, "adult2");
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 4);
    cards.session = open_session(AUTH);
    cards.other_session = open_session(OTHER_SLOT);
    return cards;
}

static void expect_verifies(int reader, unsigned verifies)
{
    assert_int_equal(ledger(reader).verifies[AUTH], verifies);
}

/* By the label a person sees whose PIN is wanted, and NSS finds the token. */
static void test_labels_of_two_cards_differ(void **state)
{
    static const CK_SLOT_ID others[] = {OTHER_SLOT, OTHER_SLOT + 1};
    CK_TOKEN_INFO info, other;
    CK_SLOT_ID slot;

    (void)start_two();
    for (slot = AUTH; slot <= SIGN; slot++) {
        EXPECT(CKR_OK, C_GetTokenInfo, slot, &info);
        EXPECT(CKR_OK, C_GetTokenInfo, others[slot], &other);
        assert_memory_not_equal(info.label, other.label, sizeof info.label);
    }
}

/* As ssh-add -s does. Given again, the PIN is meant for the other card. */
static void test_accepted_pin_is_not_sent_to_another_card(void **state)
{
    struct cards cards = start_two();

    EXPECT_LOGIN(CKR_OK, cards.session, AUTH_PIN);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, cards.other_session, AUTH_PIN);
    expect_verifies(cards.other, 0);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, cards.other_session, AUTH_PIN);
    expect_verifies(cards.other, 1);
    assert_int_equal(ledger(cards.other).tries[AUTH], 2);
    /* The card's own PIN is sent at once. */
    EXPECT_LOGIN(CKR_OK, cards.other_session, OTHER_PIN);
    expect_verifies(cards.reader, 1);
}

/* It may be the PIN of the second card: each pays one try at most. */
static void test_refused_pin_goes_to_the_next_card(void **state)
{
    struct cards cards = start_two();

    EXPECT_LOGIN(CKR_PIN_INCORRECT, cards.session, OTHER_PIN);
    EXPECT_LOGIN(CKR_OK, cards.other_session, OTHER_PIN);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, cards.session, OTHER_PIN);
    expect_verifies(cards.reader, 1);
    assert_int_equal(ledger(cards.reader).tries[AUTH], 2);
    EXPECT_LOGIN(CKR_OK, cards.session, AUTH_PIN);
}

/* The holder takes the card out and puts it in again at the prompt. */
static void test_same_card_again_takes_its_pin(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);

    vcontrol_remove(reader);
    EXPECT_LOGIN(CKR_SESSION_HANDLE_INVALID, session, AUTH_PIN);
    insert(reader, "adult");
    EXPECT_LOGIN(CKR_SESSION_HANDLE_INVALID, session, AUTH_PIN);
    expect_verifies(reader, 0);
    session = user_session(AUTH);
    expect_verifies(reader, 1);
}

/*
 * The card is exchanged while the prompt is open: NSS offers the PIN to the
 * session that is gone, and then to a new one.
 */
static void test_pin_for_an_exchanged_card(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);

    exchange(reader, "adult2");
    EXPECT_LOGIN(CKR_SESSION_HANDLE_INVALID, session, AUTH_PIN);
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, AUTH_PIN);
    expect_verifies(reader, 0);
    assert_int_equal(ledger(reader).tries[AUTH], 3);
    EXPECT_LOGIN(CKR_OK, session, OTHER_PIN);
    EXPECT(CKR_OK, C_Logout, session);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, AUTH_PIN);
    expect_verifies(reader, 2);
}

/* Compared as the card would get it: fold_case. */
static void test_fold_case_of_an_exchanged_card(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(SIGN);

    exchange(reader, "adult2");
    EXPECT_LOGIN(CKR_SESSION_HANDLE_INVALID, session, "abc123");
    session = open_session(SIGN);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "abc123");
    assert_int_equal(ledger(reader).verifies[SIGN], 0);
}

/* The old PIN of C_SetPIN is a PIN of that card as well. */
static void test_set_pin_for_an_exchanged_card(void **state)
{
    CK_UTF8CHAR old_pin[] = AUTH_PIN, new_pin[] = "2468";
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);

    exchange(reader, "adult2");
    EXPECT(
        CKR_SESSION_HANDLE_INVALID, C_SetPIN, session, old_pin, 4, new_pin, 4);
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, AUTH_PIN);
    expect_verifies(reader, 0);
}

/* The card is removed during VERIFY. */
static void test_card_removed_during_login(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);

    vcontrol_fault(reader, 0, VFAULT_REMOVE, 0);
    EXPECT_LOGIN(CKR_DEVICE_REMOVED, session, AUTH_PIN);
    insert(reader, "adult2");
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, AUTH_PIN);
    expect_verifies(reader, 0);
}

/* NSS without a session: the PIN is neither counted nor kept. */
static void test_pin_without_a_session(void **state)
{
    CK_SESSION_HANDLE session;
    int reader = start("adult", NULL);

    EXPECT_LOGIN(CKR_SESSION_HANDLE_INVALID, CK_INVALID_HANDLE, AUTH_PIN);
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_SESSION_HANDLE_INVALID, CK_INVALID_HANDLE, AUTH_PIN);
    expect_verifies(reader, 0);
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    expect_verifies(reader, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_labels_of_two_cards_differ),
        TEST(test_accepted_pin_is_not_sent_to_another_card),
        TEST(test_refused_pin_goes_to_the_next_card),
        TEST(test_same_card_again_takes_its_pin),
        TEST(test_pin_for_an_exchanged_card),
        TEST(test_fold_case_of_an_exchanged_card),
        TEST(test_set_pin_for_an_exchanged_card),
        TEST(test_card_removed_during_login),
        TEST(test_pin_without_a_session),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
