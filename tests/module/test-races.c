/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/other_program.h"
#include "tests/module/thread_call.h"
#include "tests/vcard/persona.h"

/*
 * Calls that meet: at the card, in one session, and with C_Finalize. A command
 * that hangs holds one of them where the others find it.
 */

#define MOST 5
#define FOUR 4

static int reader;
static struct thread_call calls[MOST];

static void start_all(int count)
{
    int i;

    for (i = 0; i < count; i++)
        thread_call_start(&calls[i]);
}

static void settle_all(int count)
{
    int i;

    for (i = 0; i < count; i++)
        thread_call_settle(&calls[i]);
}

/* Joins all; how many of them were answered RV. */
static int join_all(int count, CK_RV rv)
{
    int i, found = 0;

    for (i = 0; i < count; i++)
        found += thread_call_join(&calls[i]) == rv;
    return found;
}

static void set_out(void)
{
    memset(calls, 0, sizeof calls);
    reader = start("adult", NULL);
}

/* Four threads with a session each offer PIN while the card hangs. */
static void offer_at_once(const char *pin)
{
    int i;

    for (i = 0; i < FOUR; i++)
        calls[i] = (struct thread_call){
            .run = call_login, .session = open_session(AUTH), .text = pin};
    hang(reader);
    start_all(FOUR);
    wait_until_hung(reader);
    settle_all(FOUR);
    vcontrol_release(reader);
}

/* One VERIFY, and all are logged in. */
static void test_four_logins_at_once(void **state)
{
    int i, logged_in = 0;

    set_out();
    offer_at_once(AUTH_PIN);
    for (i = 0; i < FOUR; i++) {
        CK_RV rv = thread_call_join(&calls[i]);
        logged_in += rv == CKR_OK;
        assert_true(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN);
    }
    assert_int_equal(logged_in, 1);
    assert_int_equal(ledger(reader).verifies[AUTH], 1);
}

/* One try, however many offer the same wrong PIN. */
static void test_wrong_pin_four_times_at_once(void **state)
{
    int i, incorrect = 0;

    set_out();
    offer_at_once("9999");
    for (i = 0; i < FOUR; i++) {
        CK_RV rv = thread_call_join(&calls[i]);
        incorrect += rv == CKR_PIN_INCORRECT;
        assert_true(rv == CKR_PIN_INCORRECT || rv == CKR_FUNCTION_FAILED);
    }
    assert_true(incorrect >= 1);
    assert_int_equal(ledger(reader).verifies[AUTH], 1);
    assert_int_equal(ledger(reader).tries[AUTH], 2);
}

/* Four finish the operation of SESSION, while OTHER keeps the card busy. */
static void finish_at_once(CK_SESSION_HANDLE session, CK_SESSION_HANDLE other)
{
    static const char *const texts[FOUR] = {"1st", "2nd", "3rd", "4th"};
    int i;

    begin_signature(session);
    begin_signature(other);
    calls[FOUR] = (struct thread_call){
        .run = call_sign, .session = other, .text = "another's"};
    hang(reader);
    thread_call_start(&calls[FOUR]);
    wait_until_hung(reader);
    for (i = 0; i < FOUR; i++)
        calls[i] = (struct thread_call){
            .run = call_sign, .session = session, .text = texts[i]};
    start_all(FOUR);
    settle_all(FOUR);
    vcontrol_release(reader);
}

#define ROUNDS 20

/*
 * A session's operation is finished once, and what is handed out is a signature
 * over what that call was given.
 */
static void test_four_finish_one_signature(void **state)
{
    CK_SESSION_HANDLE session, other;
    int i, round, made;

    set_out();
    session = open_session(AUTH);
    other = open_session(SIGN);
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    EXPECT_LOGIN(CKR_OK, other, SIGN_PIN);
    for (round = 1; round <= ROUNDS; round++) {
        finish_at_once(session, other);
        assert_int_equal(thread_call_join(&calls[FOUR]), CKR_OK);
        made = 0;
        for (i = 0; i < FOUR; i++) {
            CK_RV rv = thread_call_join(&calls[i]);
            assert_true(rv == CKR_OK || rv == CKR_OPERATION_NOT_INITIALIZED);
            made += rv == CKR_OK;
        }
        assert_int_equal(made, 1);
        for (i = 0; i < FOUR; i++)
            if (calls[i].rv == CKR_OK)
                assert_true(is_signature(session, calls[i].text, calls[i].sig));
        assert_int_equal(ledger(reader).signatures[AUTH], round);
    }
}

/*
 * All sessions are closed while one is being opened: as if that had been closed
 * right after. The card is where it was, and nothing says it is not.
 */
static void test_close_while_opening(void **state)
{
    CK_SESSION_INFO info;

    set_out();
    calls[0] = (struct thread_call){.run = call_open, .slot = AUTH};
    calls[1] = (struct thread_call){.run = call_close_all, .slot = AUTH};
    hang(reader);
    thread_call_start(&calls[0]);
    wait_until_hung(reader);
    thread_call_start(&calls[1]);
    settle_all(2);
    vcontrol_release(reader);
    assert_int_equal(join_all(2, CKR_OK), 2);
    EXPECT(
        CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, calls[0].session, &info);
    assert_true(open_session(AUTH) != calls[0].session);
}

/*
 * A search that has to read the card first lets another one begin, and then
 * does not take its place.
 */
static void test_two_searches_in_one_session(void **state)
{
    CK_SESSION_HANDLE session;
    int i, begun = 0;

    set_out();
    session = open_session(AUTH);
    hang(reader);
    for (i = 0; i < 2; i++) {
        calls[i] = (struct thread_call){.run = call_search, .session = session};
        thread_call_start(&calls[i]);
        wait_until_hung(reader);
    }
    settle_all(2);
    vcontrol_release(reader);
    for (i = 0; i < 2; i++) {
        CK_RV rv = thread_call_join(&calls[i]);
        assert_true(rv == CKR_OK || rv == CKR_OPERATION_ACTIVE);
        begun += rv == CKR_OK;
    }
    assert_int_equal(begun, 1);
}

/* A signature hangs while the card is exchanged. */
static void exchange_under_a_signature(void)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    CK_SESSION_HANDLE session = user_session(AUTH);
    begin_signature(session);
    calls[0] = (struct thread_call){
        .run = call_sign, .session = session, .text = "data"};
    hang_and_lose(reader);
    thread_call_start(&calls[0]);
    wait_until_hung(reader);
    thread_call_start(&calls[1]);
    thread_call_settle(&calls[1]);
    assert_int_equal(vcard_persona_copy("adult2", folder), 0);
    assert_int_equal(vcontrol_swap(reader, folder), 0);
}

/* The mechanisms of a card that went are not those of a card without PSS. */
static void test_mechanisms_of_a_card_that_goes(void **state)
{
    set_out();
    calls[1] = (struct thread_call){.run = call_mechanisms, .slot = SIGN};
    exchange_under_a_signature();
    assert_int_equal(thread_call_join(&calls[0]), CKR_DEVICE_REMOVED);
    assert_true(thread_call_join(&calls[1]) != CKR_OK || calls[1].count == 13);
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
}

/* The two meet in most of these, and on a busy machine in few. */
#define EXCHANGES 60

/*
 * Logs in at the card that came. Its PIN agrees with the last card's in the
 * bits that are kept of that (pin_history.h) once in a thousand times, and is
 * then refused unsent until it is given again.
 */
static void login_next_card(void)
{
    CK_SESSION_HANDLE session = open_session(AUTH);
    CK_RV rv = login(session, CKU_USER, "4321");

    if (rv == CKR_PIN_INCORRECT && ledger(reader).verifies[AUTH] == 0)
        rv = login(session, CKU_USER, "4321");
    assert_int_equal(rv, CKR_OK);
}

/* Calls that end with the last card do not log out of the next. */
static void test_next_card_is_not_forgotten(void **state)
{
    int round;

    for (round = 0; round < EXCHANGES; round++) {
        set_out();
        calls[1] = (struct thread_call){.run = call_token_info, .slot = SIGN};
        exchange_under_a_signature();
        login_next_card();
        assert_int_equal(thread_call_join(&calls[0]), CKR_DEVICE_REMOVED);
        (void)thread_call_join(&calls[1]);
        end_test(state);
    }
}

/* Three calls that want the card, one of which has it. */
static void start_three(void)
{
    CK_SESSION_HANDLE session = user_session(AUTH);
    begin_signature(session);
    calls[0] = (struct thread_call){
        .run = call_sign, .session = session, .text = "data"};
    calls[1] = (struct thread_call){
        .run = call_login, .session = open_session(SIGN), .text = SIGN_PIN};
    calls[2] = (struct thread_call){.run = call_token_info, .slot = SIGN};
    hang(reader);
    thread_call_start(&calls[0]);
    wait_until_hung(reader);
    thread_call_start(&calls[1]);
    thread_call_start(&calls[2]);
    settle_all(3);
}

/* While a command hangs no ledger can be read: these call past CALL. */
static CK_RV finalize(void)
{
    return functions()->C_Finalize(NULL);
}

static CK_RV get_info(void)
{
    CK_INFO info;

    return functions()->C_GetInfo(&info);
}

/* C_Finalize lets calls under way end and refuses new ones. */
static void test_finalize_waits(void **state)
{
    struct vcard_ledger now;

    set_out();
    start_three();
    calls[3] = (struct thread_call){.run = call_finalize};
    thread_call_start(&calls[3]);
    thread_call_settle(&calls[3]);
    assert_int_equal(finalize(), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_int_equal(get_info(), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_false(atomic_load(&calls[3].is_done));
    vcontrol_release(reader);
    assert_int_equal(join_all(4, CKR_OK), 4);
    now = ledger(reader);
    assert_int_equal(now.verifies[AUTH], 2);
    assert_int_equal(now.verifies[SIGN], 1);
    assert_false(now.verified[AUTH] || now.verified[SIGN]);
    assert_int_equal(get_info(), CKR_CRYPTOKI_NOT_INITIALIZED);
}

/* C_Initialize waits for a C_Finalize under way. */
static void test_initialize_during_finalize(void **state)
{
    set_out();
    start_three();
    calls[3] = (struct thread_call){.run = call_finalize};
    calls[4] = (struct thread_call){.run = call_initialize};
    thread_call_start(&calls[3]);
    thread_call_settle(&calls[3]);
    assert_int_equal(get_info(), CKR_CRYPTOKI_NOT_INITIALIZED);
    thread_call_start(&calls[4]);
    thread_call_settle(&calls[4]);
    vcontrol_release(reader);
    assert_int_equal(join_all(5, CKR_OK), 5);
    assert_int_equal(get_info(), CKR_OK);
}

/* What a child does; its exit code tells which of it failed. */
static int live_as_a_child(void)
{
    CK_ULONG count = 0;

    alarm(60);
    if (get_info() != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 1;
    if (functions()->C_Initialize(NULL) != CKR_OK)
        return 2;
    if (functions()->C_GetSlotList(CK_FALSE, NULL, &count) != CKR_OK ||
        count != 2)
        return 3;
    return finalize() == CKR_OK ? 0 : 4;
}

/* A child of a parent in C_Finalize starts uninitialised. */
static void test_fork_during_finalize(void **state)
{
    SCARDCONTEXT other;
    int status = 0;
    pid_t child;

    set_out();
    other = other_hold(SCARD_SHARE_SHARED);
    calls[0] = (struct thread_call){.run = call_token_info, .slot = AUTH};
    calls[1] = (struct thread_call){.run = call_finalize};
    thread_call_start(&calls[0]);
    thread_call_settle(&calls[0]);
    thread_call_start(&calls[1]);
    thread_call_settle(&calls[1]);
    assert_false(atomic_load(&calls[1].is_done));
    child = fork();
    if (child == 0)
        _exit(live_as_a_child());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(SCardReleaseContext(other), SCARD_S_SUCCESS);
    assert_int_equal(join_all(2, CKR_OK), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_four_logins_at_once),
        TEST(test_wrong_pin_four_times_at_once),
        TEST(test_four_finish_one_signature),
        TEST(test_close_while_opening),
        TEST(test_two_searches_in_one_session),
        TEST(test_mechanisms_of_a_card_that_goes),
        TEST(test_next_card_is_not_forgotten),
        TEST(test_finalize_waits),
        TEST(test_initialize_during_finalize),
        TEST(test_fork_during_finalize),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
