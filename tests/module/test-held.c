/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/other_program.h"
#include "tests/module/thread_call.h"

/*
 * Another program has a transaction: what only shows what is known of a card
 * does not wait for its end, and shows what is new afterwards.
 */

#define HANGS_AFTER_MS 20000
#define STALE_AFTER_MS 6500 /* the counter is asked again */

static SCARDCONTEXT other;

static void hold(void)
{
    other = other_hold(SCARD_SHARE_SHARED);
}

static void let_go(void)
{
    (void)SCardReleaseContext(other);
}

/* RUN must come back before the other program lets go. */
static void answers_at_once(CK_RV (*run)(struct thread_call *), CK_SLOT_ID slot,
    CK_SESSION_HANDLE session)
{
    struct thread_call call = {.run = run, .slot = slot, .session = session};
    bool waits;
    int i;

    thread_call_start(&call);
    for (i = 0; i < HANGS_AFTER_MS / 10 && !atomic_load(&call.is_done); i++)
        sleep_ms(10);
    waits = !atomic_load(&call.is_done);
    if (waits)
        let_go();
    assert_int_equal(thread_call_join(&call), CKR_OK);
    assert_false(waits);
}

/* The counters are not known yet, and the connection is open. */
static void test_token_info_does_not_wait(void **state)
{
    unsigned apdus;
    int role, reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);

    count_objects(session);
    other_mistypes(reader, AUTH);
    other_mistypes(reader, SIGN);
    hold();
    apdus = ledger(reader).apdus;
    for (role = AUTH; role <= SIGN; role++)
        answers_at_once(call_token_info, (CK_SLOT_ID)role, CK_INVALID_HANDLE);
    assert_int_equal(ledger(reader).apdus, apdus);
    let_go();
    for (role = AUTH; role <= SIGN; role++)
        assert_true(token_flags((CK_SLOT_ID)role) & CKF_USER_PIN_COUNT_LOW);
}

/* The status object shows the counter, and its search reads nothing else. */
static void test_search_does_not_wait(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(SIGN);

    assert_says(status_text(session), "\"tries_left\":5");
    EXPECT(CKR_OK, C_CloseSession, session);
    session = open_session(AUTH);
    count_objects(session);
    other_mistypes(reader, AUTH);
    hold();
    answers_at_once(call_search, AUTH, session);
    EXPECT(CKR_OK, C_FindObjectsFinal, session);
    assert_says(status_text(session), "\"tries_left\":null");
    let_go();
    assert_says(status_text(session), "\"tries_left\":2");
}

/* The last counter is shown while a new one is not to be had. */
static void test_old_counter_is_shown_meanwhile(void **state)
{
    CK_SESSION_HANDLE session;
    unsigned apdus;
    int role, reader = start("adult", NULL);

    other_mistypes(reader, SIGN);
    assert_false(token_flags(AUTH) & CKF_USER_PIN_COUNT_LOW);
    apdus = ledger(reader).apdus;
    /* Asked in the same transaction. */
    assert_true(token_flags(SIGN) & CKF_USER_PIN_COUNT_LOW);
    assert_int_equal(ledger(reader).apdus, apdus);
    other_mistypes(reader, AUTH);
    sleep_ms(STALE_AFTER_MS);

    /* There is no connection, and none is made. */
    hold();
    apdus = ledger(reader).apdus;
    for (role = AUTH; role <= SIGN; role++)
        answers_at_once(call_token_info, (CK_SLOT_ID)role, CK_INVALID_HANDLE);
    let_go();
    assert_false(token_flags(AUTH) & CKF_USER_PIN_COUNT_LOW);
    assert_true(token_flags(SIGN) & CKF_USER_PIN_COUNT_LOW);
    assert_int_equal(ledger(reader).apdus, apdus);

    session = open_session(AUTH);
    count_objects(session);
    assert_true(token_flags(AUTH) & CKF_USER_PIN_COUNT_LOW);
}

/* Whichever call is the first to ask the card without a session. */
static void test_first_question_reads_both_counters(void **state)
{
    CK_ULONG count = 0;
    unsigned apdus;
    int reader = start("adult", NULL);

    other_mistypes(reader, AUTH);
    EXPECT(CKR_OK, C_GetMechanismList, SIGN, NULL, &count);
    apdus = ledger(reader).apdus;
    hold();
    answers_at_once(call_token_info, AUTH, CK_INVALID_HANDLE);
    assert_true(token_flags(AUTH) & CKF_USER_PIN_COUNT_LOW);
    assert_false(token_flags(SIGN) & CKF_USER_PIN_COUNT_LOW);
    assert_int_equal(ledger(reader).apdus, apdus);
    let_go();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_token_info_does_not_wait),
        TEST(test_search_does_not_wait),
        TEST(test_first_question_reads_both_counters),
        TEST(test_old_counter_is_shown_meanwhile),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
