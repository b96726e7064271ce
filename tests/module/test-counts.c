/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/module/support.h"
#include "tests/module/thread_call.h"

/*
 * How many commands a card gets for what programs do. A contactless card takes
 * some 20 ms for each, so the numbers are what a person waits for. OpenSC's
 * driver on the same card: 64 at C_Initialize, 2 a signature with the card left
 * open.
 */

/* What pkcs11-tool -L asks. */
static void test_apdus_of_a_listing(void **state)
{
    CK_SLOT_ID slots[8];
    CK_ULONG count = 8, i;
    CK_SLOT_INFO slot;
    CK_TOKEN_INFO token;
    int reader = start("adult", NULL);

    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, slots, &count);
    assert_int_equal(count, 2);
    for (i = 0; i < count; i++) {
        EXPECT(CKR_OK, C_GetSlotInfo, slots[i], &slot);
        EXPECT(CKR_OK, C_GetTokenInfo, slots[i], &token);
    }
    assert_true(ledger(reader).apdus <= 10);

    /* Each counter, since another program may keep the card meanwhile. */
    assert_int_equal(ledger(reader).queries[AUTH], 1);
    assert_int_equal(ledger(reader).queries[SIGN], 1);

    /* And again: nothing, while what is known of the counters is fresh. */
    i = ledger(reader).apdus;
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &token);
    EXPECT(CKR_OK, C_GetTokenInfo, SIGN, &token);
    assert_int_equal(ledger(reader).apdus, i);
}

static void test_apdus_of_the_first_signature(void **state)
{
    uint8_t sig[SIGNATURE_SIZE], cert[4096];
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = user_session(AUTH);
    CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);

    assert_int_equal(
        sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1, sig), CKR_OK);
    assert_true(attribute(session, find_object(session, CKO_CERTIFICATE),
                    CKA_VALUE, cert, sizeof cert) > 1000);
    assert_true(ledger(reader).apdus <= 22);
}

/* The personas' CA is one that the configuration names. */
static void test_a_known_ca_is_not_read(void **state)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE all = {CKA_CLASS, &class, sizeof class};
    CK_OBJECT_HANDLE found[FOUND_MAX];
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = user_session(SIGN);

    assert_int_equal(search(session, &all, 1, found), 2);
    /* EF 0006, 0008, 000A, the certificate, one byte after the log-out. */
    assert_int_equal(ledger(reader).reads, 3 + 7 + 1);
}

/*
 * SELECT, SELECT the PIN's file, its counter, VERIFY, sign, log out. The second
 * of them is spared where the card has shown, by four commands at the third
 * signature, that the question for the counter does it.
 */
static void count_signatures(
    const char *persona, int role, const char *pin, unsigned each)
{
    static const unsigned proof = 4, six = 6;
    uint8_t sig[SIGNATURE_SIZE];
    CK_OBJECT_HANDLE key;
    unsigned before, expected;
    int i, reader = start(persona, NULL);
    CK_SESSION_HANDLE session = open_session((CK_SLOT_ID)role);

    EXPECT_LOGIN(CKR_OK, session, pin);
    key = find_object(session, CKO_PRIVATE_KEY);
    for (i = 0; i < 6; i++) {
        expected = i < 2 ? six : i == 2 ? each + proof : each;
        before = ledger(reader).apdus;
        assert_int_equal(
            sign_with(session, key, CKM_SHA256_RSA_PKCS, "b", 1, sig), CKR_OK);
        assert_int_equal(ledger(reader).apdus - before, expected);
    }
}

static void test_signature_takes_six_apdus(void **state)
{
    count_signatures("adult", AUTH, AUTH_PIN, 6);
    end_test(state);
    count_signatures("adult", SIGN, SIGN_PIN, 6);
}

static void test_signature_takes_five_apdus_where_the_query_selects(
    void **state)
{
    count_signatures("quirk-query-selects", AUTH, AUTH_PIN, 5);
    end_test(state);
    count_signatures("quirk-query-selects", SIGN, SIGN_PIN, 5);
}

/*
 * A context-specific log-in with the PIN that is held costs no command: the
 * signature's own VERIFY checks it.
 */
static void count_context_log_ins(const char *persona, unsigned each)
{
    static const unsigned proof = 4, six = 6;
    uint8_t sig[SIGNATURE_SIZE];
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    CK_BYTE text[] = "b";
    CK_ULONG len;
    unsigned before, expected;
    int i, reader = start(persona, NULL);

    session = user_session(SIGN);
    key = find_object(session, CKO_PRIVATE_KEY);
    for (i = 0; i < 6; i++) {
        expected = i < 2 ? six : i == 2 ? each + proof : each;
        before = ledger(reader).apdus;
        len = sizeof sig;
        EXPECT(CKR_OK, C_SignInit, session, &mechanism, key);
        assert_int_equal(
            login(session, CKU_CONTEXT_SPECIFIC, SIGN_PIN), CKR_OK);
        EXPECT(CKR_OK, C_Sign, session, text, 1, sig, &len);
        assert_int_equal(ledger(reader).apdus - before, expected);
    }
}

static void test_context_log_in_with_the_held_pin_takes_no_apdu(void **state)
{
    count_context_log_ins("adult", 6);
    end_test(state);
    count_context_log_ins("quirk-query-selects", 5);
}

/*
 * Whatever word a chip refuses short ids by, that is found out once: then the
 * key's file is selected for each signature. The card is logged out by a
 * SELECT, not by power.
 */
static void test_short_ids_are_tried_once(void **state)
{
    static const char *const personas[] = {
        "quirk-short-ids", "quirk-short-ids-6a82", "quirk-short-ids-6d00"};
    uint8_t sig[SIGNATURE_SIZE];
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    struct timespec begun, ended;
    unsigned before;
    size_t i;
    int reader, slot, n;

    for (i = 0; i < sizeof personas / sizeof *personas; i++) {
        begun = now();
        reader = start(personas[i], NULL);
        for (slot = AUTH; slot <= SIGN; slot++) {
            session = open_session((CK_SLOT_ID)slot);
            EXPECT_LOGIN(CKR_OK, session, slot == AUTH ? AUTH_PIN : SIGN_PIN);
            key = find_object(session, CKO_PRIVATE_KEY);
            for (n = 0; n < 3; n++) {
                before = ledger(reader).apdus;
                assert_int_equal(
                    sign_with(session, key, CKM_SHA256_RSA_PKCS, "b", 1, sig),
                    CKR_OK);
                if (n > 0)
                    assert_int_equal(
                        ledger(reader).apdus - before, n == 2 ? 11 : 7);
            }
        }
        ended = now();
        /* Once a second the card is let go, to see who else is connected. */
        assert_in_range(ledger(reader).power_ons, 1,
            1 + (unsigned long)ms_between(&begun, &ended) / 1000);
        end_test(state);
    }
}

/* Asks for the slots, with a buffer or for their number, by one question. */
static CK_ULONG slot_count(CK_BBOOL token_present, CK_SLOT_ID *slots)
{
    unsigned before = vcontrol_status_changes();
    CK_ULONG count = 16;

    EXPECT(CKR_OK, C_GetSlotList, token_present, slots, &count);
    assert_int_equal(vcontrol_status_changes() - before, 1);
    return count;
}

static void test_one_status_change_for_each_slot_list(void **state)
{
    static const CK_ULONG reader_counts[] = {1, 2, 4, 8};
    CK_SLOT_ID slots[16];
    char name[32];
    CK_ULONG readers = 1;
    size_t i;
    int reader;

    start("adult", NULL);
    for (i = 0; i < sizeof reader_counts / sizeof *reader_counts; i++) {
        /* Every second one has a card. */
        for (; readers < reader_counts[i]; readers++) {
            snprintf(name, sizeof name, "Reader %lu", readers);
            reader = vcontrol_reader_add(name);
            if (readers % 2 == 0)
                insert(reader, "adult");
        }
        assert_int_equal(slot_count(CK_FALSE, NULL), 2 * readers);
        assert_int_equal(slot_count(CK_FALSE, slots), 2 * readers);
        assert_int_equal(slot_count(CK_TRUE, NULL), 2 * ((readers + 1) / 2));
        assert_int_equal(slot_count(CK_TRUE, slots), 2 * ((readers + 1) / 2));
    }
}

static void test_files_are_read_once(void **state)
{
    unsigned reads;
    int i, reader = start("adult", NULL);
    CK_SESSION_HANDLE auth = open_session(AUTH);
    CK_SESSION_HANDLE sign = open_session(SIGN);

    EXPECT_LOGIN(CKR_OK, auth, AUTH_PIN);
    EXPECT_LOGIN(CKR_OK, sign, SIGN_PIN);
    count_objects(auth);
    count_objects(sign);
    reads = ledger(reader).reads;
    for (i = 0; i < 3; i++) {
        count_objects(auth);
        count_objects(sign);
        assert_int_equal(sign_data(sign), CKR_OK);
        EXPECT(CKR_OK, C_Logout, sign);
        EXPECT_LOGIN(CKR_OK, sign, SIGN_PIN);
    }
    assert_int_equal(ledger(reader).reads, reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_apdus_of_a_listing),
        TEST(test_apdus_of_the_first_signature),
        TEST(test_a_known_ca_is_not_read),
        TEST(test_signature_takes_six_apdus),
        TEST(test_signature_takes_five_apdus_where_the_query_selects),
        TEST(test_context_log_in_with_the_held_pin_takes_no_apdu),
        TEST(test_short_ids_are_tried_once),
        TEST(test_one_status_change_for_each_slot_list),
        TEST(test_files_are_read_once),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
