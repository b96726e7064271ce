/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/module/thread_call.h"
#include "tests/module/conformance/functions.h"

/*
 * pthread_cancel of a thread that is inside the module: the call ends first,
 * and the rest of the program goes on as if the thread had ended by itself.
 * Only C_WaitForSlotEvent, which may wait for ever, ends at once.
 */

#define HANG_SECONDS 60

static int reader;

static int set_up(void **state)
{
    (void)alarm(HANG_SECONDS);
    return 0;
}

static int tear_down(void **state)
{
    (void)alarm(0);
    return end_test(state);
}

/* True when the thread of CALL was cancelled, false when it returned. */
static bool join_cancelled(struct thread_call *call)
{
    void *value = NULL;

    assert_int_equal(pthread_join(call->thread, &value), 0);
    return value == PTHREAD_CANCELED;
}

/* No lock, claim or count of a call is left. */
static void expect_nothing_left(CK_SESSION_HANDLE session)
{
    assert_int_equal(session_state(session), CKS_RO_USER_FUNCTIONS);
    assert_int_equal(sign_data(session), CKR_OK);
    EXPECT(CKR_OK, C_Finalize, NULL);
}

/* Cancels the thread of CALL while its first command hangs. */
static void cancel_while_the_card_works(struct thread_call *call)
{
    hang(reader);
    thread_call_start(call);
    wait_until_hung(reader);
    assert_int_equal(pthread_cancel(call->thread), 0);
    sleep_ms(20);
    vcontrol_release(reader);
    assert_true(join_cancelled(call));
}

static void test_cancel_during_login(void **state)
{
    struct thread_call call = {.run = call_login, .text = AUTH_PIN};

    reader = start("adult", NULL);
    call.session = open_session(AUTH);
    cancel_while_the_card_works(&call);
    assert_int_equal(ledger(reader).verifies[AUTH], 1);
    assert_false(ledger(reader).verified[AUTH]);
    expect_nothing_left(call.session);
}

static void test_cancel_during_sign(void **state)
{
    struct thread_call call = {.run = call_sign, .text = "to be signed"};

    reader = start("adult", NULL);
    call.session = open_session(AUTH);
    EXPECT_LOGIN(CKR_OK, call.session, AUTH_PIN);
    begin_signature(call.session);
    cancel_while_the_card_works(&call);
    assert_int_equal(ledger(reader).signatures[AUTH], 1);
    assert_false(ledger(reader).verified[AUTH]);
    assert_true(is_signature(call.session, call.text, call.sig));
    expect_nothing_left(call.session);
}

/* Threads that call one function with a cancellation pending. */
static const struct function_row *function;
static CK_FUNCTION_LIST *list;

static CK_RV call_cancelled(struct thread_call *call)
{
    static const union arg none[ARGS_MAX];

    (void)pthread_cancel(pthread_self());
    return function->call(list, none);
}

/*
 * The log file makes each frame one with a cancellation point in it. C_Finalize
 * tells whether the call was ended properly.
 */
static void call_with_cancellation_pending(const struct function_row *row)
{
    struct thread_call call = {.run = call_cancelled};
    CK_RV rv = row == &function_rows[F_C_Finalize]
                   ? CKR_CRYPTOKI_NOT_INITIALIZED
                   : CKR_OK;

    function = row;
    if (row != &function_rows[F_C_Initialize])
        EXPECT(CKR_OK, C_Initialize, NULL);
    thread_call_start(&call);
    (void)join_cancelled(&call);
    if (CALL(C_Finalize, NULL) != rv)
        fail_msg("%s was cancelled in the middle", row->name);
}

static void test_cancel_during_every_function(void **state)
{
    char path[] = P_tmpdir "/jpki-cancel-test-XXXXXX", conf[128];
    int fd = mkstemp(path), i;

    assert_true(fd >= 0);
    assert_true(snprintf(conf, sizeof conf, "[log]\nlevel = debug\nfile = %s\n",
                    path) > 0);
    reader = start("adult", conf);
    EXPECT(CKR_OK, C_Finalize, NULL);
    list = function_list(3, 0);
    for (i = 0; i < FUNCTIONS; i++)
        call_with_cancellation_pending(&function_rows[i]);
    close(fd);
    unlink(path);
}

/* Waits for the end of a thread that was cancelled, not for ever. */
static void expect_end(struct thread_call *waiter)
{
    assert_int_equal(pthread_cancel(waiter->thread), 0);
    assert_true(join_cancelled(waiter));
}

#define WAITERS 3

/* One of them watches pcscd, the others wait for what it sees. */
static void test_cancel_of_wait_for_slot_event(void **state)
{
    struct thread_call waiters[WAITERS];
    size_t i;

    reader = start("adult", NULL);
    for (i = 0; i < WAITERS; i++) {
        waiters[i] = (struct thread_call){.run = call_wait_for_event};
        thread_call_start(&waiters[i]);
        thread_call_settle(&waiters[i]);
    }
    for (i = 0; i < WAITERS; i++)
        expect_end(&waiters[i]);
    reinitialize();
}

/* Those that go on waiting, and those that come, are told what happens. */
static void test_cancel_leaves_other_waiters(void **state)
{
    struct thread_call first = {.run = call_wait_for_event};
    struct thread_call second = first, third = first;

    reader = start("adult", NULL);
    thread_call_start(&first);
    thread_call_settle(&first);
    thread_call_start(&second);
    thread_call_settle(&second);
    expect_end(&first);
    thread_call_start(&third);
    thread_call_settle(&third);
    vcontrol_remove(reader);
    assert_int_equal(thread_call_join(&second), CKR_OK);
    assert_int_equal(thread_call_join(&third), CKR_OK);
    assert_int_equal(second.slot + third.slot, AUTH + SIGN);
    EXPECT(CKR_OK, C_Finalize, NULL);
}

static CK_RV wait_uncancelled(struct thread_call *call)
{
    int before = 0, after = PTHREAD_CANCEL_ENABLE;
    CK_RV rv;

    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    rv = call_wait_for_event(call);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &after);
    return after == PTHREAD_CANCEL_DISABLE ? rv : CKR_GENERAL_ERROR;
}

/* A host that has forbidden cancellation finds it forbidden afterwards. */
static void test_cancel_disabled_by_the_host(void **state)
{
    struct thread_call waiter = {.run = wait_uncancelled};

    reader = start("adult", NULL);
    thread_call_start(&waiter);
    thread_call_settle(&waiter);
    assert_int_equal(pthread_cancel(waiter.thread), 0);
    sleep_ms(1200); /* longer than one of its waits */
    vcontrol_remove(reader);
    assert_int_equal(thread_call_join(&waiter), CKR_OK);
    EXPECT(CKR_OK, C_Finalize, NULL);
}

#undef TEST
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cancel_during_login),
        TEST(test_cancel_during_sign),
        TEST(test_cancel_of_wait_for_slot_event),
        TEST(test_cancel_leaves_other_waiters),
        TEST(test_cancel_disabled_by_the_host),
        TEST(test_cancel_during_every_function),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
