/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/conformance/functions.h"
#include "tests/module/forks.h"

/*
 * What the child of a fork may do, and what its parent notices of it
 * (docs/design.md section 7): each kind of child in each state of the parent.
 * Here the child has a copy of the card; tests/daemon/ has one card for both.
 */

#define CHILD_SECONDS 10
#define FORKS 64
#define THREADS 4

/* Children. */

static bool becomes_another_program(void)
{
    (void)execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
    return false;
}

/* Every function of both lists, but those that may be called at any time. */
static bool is_told_no(void)
{
    static const union arg none[ARGS_MAX];
    CK_FUNCTION_LIST *lists[] = {function_list(2, 40), function_list(3, 0)};
    bool good = lists[0] && lists[1];
    int i, function;

    for (i = 0; i < 2 && good; i++)
        for (function = 0; function < (i ? FUNCTIONS : FIRST_OF_3_0);
             function++) {
            const struct function_row *row = &function_rows[function];
            CK_RV rv = row->off;
            if (rv != CKR_OK)
                rv = row->call(lists[i], none);
            if (rv != row->off)
                print_error("%s gave %lX\n", row->name, rv);
            good = good && rv == row->off;
        }
    return good;
}

static bool initialises_and_finalises(void)
{
    CK_FUNCTION_LIST *list = functions();
    CK_INFO info;

    return list->C_Initialize(NULL) == CKR_OK &&
           list->C_GetInfo(&info) == CKR_OK &&
           list->C_Initialize(NULL) == CKR_CRYPTOKI_ALREADY_INITIALIZED &&
           list->C_Finalize(NULL) == CKR_OK && is_told_no();
}

static bool initialises_and_exits(void)
{
    CK_INFO info;

    if (functions()->C_Initialize(NULL) == CKR_OK &&
        functions()->C_GetInfo(&info) == CKR_OK)
        exit(EXIT_SUCCESS);
    return false;
}

/* The parent's session is not the child's. */
static bool uses_the_card(void)
{
    CK_SESSION_INFO info;

    return signs() &&
           functions()->C_GetSessionInfo(session, &info) ==
               CKR_SESSION_HANDLE_INVALID &&
           functions()->C_Finalize(NULL) == CKR_OK;
}

/* A child of the child, of one that has initialised for itself. */
static bool has_a_child(void)
{
    int status = 0;
    pid_t child;

    if (functions()->C_Initialize(NULL) != CKR_OK)
        return false;
    child = fork();
    if (child == 0)
        _exit(is_told_no() ? 0 : 1);
    return waitpid(child, &status, 0) == child && status == 0 &&
           functions()->C_Finalize(NULL) == CKR_OK;
}

static const struct child {
    const char *what;
    bool (*live)(void);
    bool reaches_the_card;
} children[] = {
    {"quits", quits, false},
    {"exits", exits, false},
    {"becomes another program", becomes_another_program, false},
    {"is told no by every function", is_told_no, false},
    {"initialises and finalises", initialises_and_finalises, false},
    {"initialises and exits", initialises_and_exits, false},
    {"uses the card", uses_the_card, true},
    {"has a child", has_a_child, false},
};
#define CHILDREN (sizeof children / sizeof *children)

/* States of a parent, and whether it is still in them. */

static void is_loaded(void)
{
    CK_INFO info;

    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, C_GetInfo, &info);
}

static void is_initialised(void)
{
    CK_INFO info;

    EXPECT(CKR_OK, C_GetInfo, &info);
}

/* While a card is verified in another thread's transaction. */
static void answers(void)
{
    CK_INFO info;

    assert_int_equal(functions()->C_GetInfo(&info), CKR_OK);
}

static void is_logged_in(void)
{
    struct vcard_ledger now;

    assert_int_equal(session_state(session), CKS_RO_USER_FUNCTIONS);
    assert_int_equal(make_signature(functions(), session, key), CKR_OK);
    now = ledger(0);
    assert_int_equal(now.verifies[AUTH], signatures + 1);
    assert_int_equal(now.signatures[AUTH], signatures);
    assert_int_equal(now.wrong[AUTH], 0);
    assert_int_equal(now.tries[AUTH], 3);
}

static void run_children(void (*is_well)(void), bool card_is_free)
{
    size_t i;

    is_well();
    for (i = 0; i < CHILDREN; i++) {
        pid_t child;

        if (children[i].reaches_the_card && !card_is_free)
            continue;
        child = give_birth(children[i].live, CHILD_SECONDS);
        /* At the same time as the child, and after it. */
        is_well();
        expect_good_end(child, children[i].what);
        is_well();
    }
}

static void test_fork_after_load(void **state)
{
    start("adult", NULL);
    EXPECT(CKR_OK, C_Finalize, NULL);
    run_children(is_loaded, true);
}

static void test_fork_after_initialize(void **state)
{
    start("adult", NULL);
    run_children(is_initialised, true);
}

static void test_fork_after_login(void **state)
{
    start("adult", NULL);
    log_in_here();
    run_children(is_logged_in, true);
}

/* Threads that call while others fork. */

static atomic_bool ended;
static atomic_uint complaints;

static void *signs_on_and_on(void *arg)
{
    CK_SESSION_HANDLE own = 0;

    (void)arg;
    if (functions()->C_OpenSession(
            AUTH, CKF_SERIAL_SESSION, NULL, NULL, &own) != CKR_OK)
        complaints++;
    while (!ended)
        if (make_signature(functions(), own, key) != CKR_OK)
            complaints++;
    return NULL;
}

static void *asks_on_and_on(void *arg)
{
    CK_FUNCTION_LIST *list = functions();
    CK_ULONG count = 0;
    CK_TOKEN_INFO token;
    CK_SLOT_INFO slot;

    (void)arg;
    while (!ended)
        if (list->C_GetSlotList(CK_FALSE, NULL, &count) != CKR_OK ||
            list->C_GetSlotInfo(SIGN, &slot) != CKR_OK ||
            list->C_GetTokenInfo(AUTH, &token) != CKR_OK)
            complaints++;
    return NULL;
}

static void start_threads(pthread_t threads[THREADS])
{
    int i;

    ended = false;
    complaints = 0;
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL,
                             i % 2 ? asks_on_and_on : signs_on_and_on, NULL),
            0);
    while (signatures == 0)
        (void)usleep(1000);
}

static void end_threads(pthread_t threads[THREADS])
{
    int i;

    ended = true;
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(complaints, 0);
}

/* Another thread is in a transaction and holds its locks. */
static void test_fork_while_signing(void **state)
{
    pthread_t threads[THREADS];

    start("adult", NULL);
    log_in_here();
    start_threads(threads);
    run_children(answers, false);
    end_threads(threads);
    is_logged_in();
}

static bool is_not_initialised(void)
{
    CK_INFO info;

    return functions()->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED;
}

static void test_fork_while_threads_call(void **state)
{
    pthread_t threads[THREADS];
    int i, status = 0;

    start("adult", NULL);
    log_in_here();
    start_threads(threads);
    for (i = 0; i < FORKS; i++) {
        pid_t child = give_birth(is_not_initialised, CHILD_SECONDS);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    end_threads(threads);
    is_logged_in();
    print_message("%d forks beside %u signatures\n", FORKS, signatures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_fork_after_load),
        TEST(test_fork_after_initialize),
        TEST(test_fork_after_login),
        TEST(test_fork_while_signing),
        TEST(test_fork_while_threads_call),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
