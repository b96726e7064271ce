/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/thread_call.h"

/*
 * C_WaitForSlotEvent (PKCS #11 5.5.6): no event is lost, none is told twice,
 * and a thread that waits is woken, by cards, readers and C_Finalize.
 */

#define SOON_MS 1000 /* more than any waking takes on a busy machine */

static int reader;

static CK_RV poll_event(CK_SLOT_ID *ret_slot)
{
    return CALL(C_WaitForSlotEvent, CKF_DONT_BLOCK, ret_slot, NULL);
}

static void expect_event(CK_SLOT_ID slot)
{
    CK_SLOT_ID told = 4711;

    assert_int_equal(poll_event(&told), CKR_OK);
    assert_int_equal(told, slot);
}

static void expect_no_event(void)
{
    CK_SLOT_ID told = 4711;

    assert_int_equal(poll_event(&told), CKR_NO_EVENT);
    assert_int_equal(told, 4711);
}

/* One event in each slot of the first reader. */
static void expect_events(void)
{
    expect_event(AUTH);
    expect_event(SIGN);
    expect_no_event();
}

static void test_no_event_at_start(void **state)
{
    reader = start("adult", NULL);
    expect_no_event();
    assert_int_equal(ledger(reader).apdus, 0);
}

static void test_card_events(void **state)
{
    CK_SLOT_INFO info;

    reader = start(NULL, NULL);
    insert(reader, "adult");
    expect_events();
    vcontrol_remove(reader);
    expect_events();
    /* Out and in again between two looks, and a look in between. */
    insert(reader, "adult");
    EXPECT(CKR_OK, C_GetSlotInfo, AUTH, &info);
    vcontrol_remove(reader);
    EXPECT(CKR_OK, C_GetSlotInfo, AUTH, &info);
    expect_events();
    insert(reader, "adult");
    expect_events();
    exchange(reader, "adult2");
    expect_events();
}

static void test_reader_events(void **state)
{
    int other;

    reader = start("adult", NULL);
    other = vcontrol_reader_add("Another Reader");
    expect_event(2);
    expect_event(3);
    expect_no_event();
    vcontrol_reader_remove(other);
    expect_event(2);
    expect_event(3);
    expect_no_event();
    other = vcontrol_reader_add("Another Reader");
    insert(other, "adult");
    expect_event(2);
    expect_event(3);
    expect_no_event();
}

/* PKCS #11 5.5.1: the second call of a pair finds what the first one counted.
 */
static void test_slot_list_grows_on_request_only(void **state)
{
    CK_SLOT_ID slots[64], told = 0;
    CK_ULONG before = 0, count = 0;

    reader = start("adult", NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &before);
    (void)vcontrol_reader_add("A Reader Never Seen");
    assert_int_equal(poll_event(&told), CKR_OK);
    assert_int_equal(told, before);
    count = before;
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, slots, &count);
    assert_int_equal(count, before);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, before + 2);
}

/* The card itself says that it went, and pcscd has seen nothing. */
static void test_event_of_a_card_found_gone(void **state)
{
    CK_SESSION_HANDLE session;

    reader = start("adult", NULL);
    session = open_session(AUTH);
    vcontrol_fault(reader, 0, VFAULT_PCSC, 0x80100069);
    EXPECT_LOGIN(CKR_DEVICE_REMOVED, session, AUTH_PIN);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_CloseSession, session);
    expect_events();
}

/* An event of a slot that no list has would tell a program nothing. */
static void test_no_event_of_a_hidden_slot(void **state)
{
    reader = start("adult", "[slots]\nshow = sign\n");
    vcontrol_remove(reader);
    expect_event(SIGN);
    expect_no_event();
}

/* PKCS #11 5.5.6: C_Initialize clears the flags. */
static void test_initialize_clears_events(void **state)
{
    reader = start("adult", NULL);
    vcontrol_remove(reader);
    reinitialize();
    expect_no_event();
    insert(reader, "adult");
    expect_events();
}

/* Threads that wait, each for one event. */
#define WAITERS_MAX 8

static struct thread_call waiters[WAITERS_MAX];

/* How many of the first COUNT are still waiting. */
static int waiting(int count)
{
    int i, found = 0;

    for (i = 0; i < count; i++)
        found += !atomic_load(&waiters[i].is_done);
    return found;
}

/* Starts COUNT threads, and lets them get to where they wait. */
static void start_waiting(int count)
{
    int i;

    for (i = 0; i < count; i++) {
        waiters[i] =
            (struct thread_call){.run = call_wait_for_event, .slot = 4711};
        thread_call_start(&waiters[i]);
    }
    for (i = 0; i < count; i++)
        thread_call_settle(&waiters[i]);
    assert_int_equal(waiting(count), count);
}

/* Joins waiter I: what it was told, and in time. */
static void expect_told(
    int i, CK_RV rv, const struct timespec *since, const char *by)
{
    long ms;

    assert_int_equal(thread_call_join(&waiters[i]), rv);
    ms = ms_between(since, &waiters[i].ended);
    print_message("woken by %s after %ld ms\n", by, ms);
    assert_true(ms < SOON_MS);
}

static void test_wait_woken_by_a_card(void **state)
{
    struct timespec since;

    reader = start(NULL, NULL);
    start_waiting(1);
    since = now();
    insert(reader, "adult");
    expect_told(0, CKR_OK, &since, "a card");
    assert_int_equal(waiters[0].slot, AUTH);
    expect_event(SIGN);
    start_waiting(1);
    since = now();
    vcontrol_remove(reader);
    expect_told(0, CKR_OK, &since, "a removal");
    assert_int_equal(waiters[0].slot, AUTH);
}

static void test_wait_woken_by_a_reader(void **state)
{
    struct timespec since;

    reader = start("adult", NULL);
    start_waiting(1);
    since = now();
    (void)vcontrol_reader_add("Another Reader");
    expect_told(0, CKR_OK, &since, "a reader");
    assert_int_equal(waiters[0].slot, 2);
}

static void test_wait_woken_by_finalize(void **state)
{
    struct timespec since, done;
    int i;

    reader = start("adult", NULL);
    start_waiting(3);
    since = now();
    EXPECT(CKR_OK, C_Finalize, NULL);
    done = now();
    print_message("C_Finalize took %ld ms\n", ms_between(&since, &done));
    for (i = 0; i < 3; i++) {
        expect_told(i, CKR_CRYPTOKI_NOT_INITIALIZED, &since, "C_Finalize");
        assert_int_equal(waiters[i].slot, 4711);
    }
}

/* As many are told as there are events, and the others go on waiting. */
static void test_several_waiters(void **state)
{
    int i, told[2] = {0, 0}, woken = 0;

    reader = start(NULL, NULL);
    start_waiting(4);
    insert(reader, "adult");
    for (i = 0; i < SOON_MS && waiting(4) > 2; i++)
        sleep_ms(1);
    sleep_ms(50);
    assert_int_equal(waiting(4), 2);
    EXPECT(CKR_OK, C_Finalize, NULL);
    for (i = 0; i < 4; i++) {
        CK_RV rv = thread_call_join(&waiters[i]);
        if (rv == CKR_OK)
            told[waiters[i].slot]++;
        else
            woken += rv == CKR_CRYPTOKI_NOT_INITIALIZED;
    }
    assert_int_equal(told[AUTH], 1);
    assert_int_equal(told[SIGN], 1);
    assert_int_equal(woken, 2);
}

/* Other threads work, and see the card go, while one waits. */
static void test_wait_while_others_look(void **state)
{
    struct timespec since;
    CK_SLOT_INFO info;

    reader = start("adult", NULL);
    start_waiting(1);
    since = now();
    vcontrol_remove(reader);
    EXPECT(CKR_OK, C_GetSlotInfo, AUTH, &info);
    expect_told(0, CKR_OK, &since, "a removal that another thread saw");
    assert_int_equal(waiters[0].slot, AUTH);
    expect_event(SIGN);
    expect_no_event();
}

/* The same while a thread waits that pcscd does not wake. */
static void test_wait_told_of_a_card_found_gone(void **state)
{
    CK_SESSION_HANDLE session;
    struct timespec since;

    reader = start("adult", NULL);
    session = open_session(AUTH);
    start_waiting(1);
    since = now();
    vcontrol_fault(reader, 0, VFAULT_PCSC, 0x80100069);
    EXPECT_LOGIN(CKR_DEVICE_REMOVED, session, AUTH_PIN);
    assert_int_equal(thread_call_join(&waiters[0]), CKR_OK);
    assert_true(ms_between(&since, &waiters[0].ended) < 2 * SOON_MS);
    assert_int_equal(waiters[0].slot, AUTH);
    expect_event(SIGN);
    expect_no_event();
}

static void test_wait_without_pcscd(void **state)
{
    struct timespec since;

    vcontrol_service(false);
    reader = start("adult", NULL);
    expect_no_event();
    start_waiting(1);
    since = now();
    EXPECT(CKR_OK, C_Finalize, NULL);
    expect_told(0, CKR_CRYPTOKI_NOT_INITIALIZED, &since, "C_Finalize");

    EXPECT(CKR_OK, C_Initialize, NULL);
    expect_no_event();
    start_waiting(1);
    since = now();
    vcontrol_service(true);
    assert_int_equal(thread_call_join(&waiters[0]), CKR_OK);
    assert_true(ms_between(&since, &waiters[0].ended) < 2 * SOON_MS);
    expect_event(SIGN);
    expect_no_event();
}

/* pcscd dies while a thread waits: the card is gone, and returns with it. */
static void test_wait_while_pcscd_restarts(void **state)
{
    struct timespec since;

    reader = start("adult", NULL);
    start_waiting(1);
    since = now();
    vcontrol_service(false);
    expect_told(0, CKR_OK, &since, "the end of pcscd");
    expect_event(SIGN);
    expect_no_event();
    vcontrol_service(true);
    expect_events();
}

/* Waiting uses no processor time, with pcscd or without. */
static void test_wait_uses_no_cpu(void **state)
{
    int service;

    for (service = 0; service < 2; service++) {
        vcontrol_service(service == 1);
        reader = start("adult", NULL);
        start_waiting(2);
        sleep_ms(1500);
        assert_int_equal(waiting(2), 2);
        end_test(NULL);
        (void)thread_call_join(&waiters[0]);
        (void)thread_call_join(&waiters[1]);
        print_message("%s pcscd: %ld and %ld us in 1.5 s\n",
            service ? "with" : "without", waiters[0].cpu_us, waiters[1].cpu_us);
        assert_true(waiters[0].cpu_us < 30000);
        assert_true(waiters[1].cpu_us < 30000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_event_at_start),
        TEST(test_card_events),
        TEST(test_reader_events),
        TEST(test_slot_list_grows_on_request_only),
        TEST(test_event_of_a_card_found_gone),
        TEST(test_no_event_of_a_hidden_slot),
        TEST(test_initialize_clears_events),
        TEST(test_wait_woken_by_a_card),
        TEST(test_wait_woken_by_a_reader),
        TEST(test_wait_woken_by_finalize),
        TEST(test_several_waiters),
        TEST(test_wait_while_others_look),
        TEST(test_wait_told_of_a_card_found_gone),
        TEST(test_wait_without_pcscd),
        TEST(test_wait_while_pcscd_restarts),
        TEST(test_wait_uses_no_cpu),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
