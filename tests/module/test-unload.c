/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/thread_call.h"
#include "tests/module/forks.h"
#include "tests/module/thread_state.h"
#include "tests/vcard/persona.h"

/*
 * Waiting against C_Finalize and dlclose, again and again, from any moment:
 * before the waiters come, while they look, while they wait. C_Finalize is
 * always CKR_OK, a waiting thread is woken with CKR_CRYPTOKI_NOT_INITIALIZED,
 * and once they have returned nothing of the module is left in the process.
 *
 * JPKI_UNLOAD_ROUNDS is how often.
 */

#define ROUNDS 300
#define ROUNDS_MAX 100000
#define WAITERS_MAX 3
#define CHILD_SECONDS 60
#define DELAY_MAX_US 2000
#define MEDIAN_US 100000
#define SOON_US 5000000 /* more than anything takes on a busy machine */

static unsigned rounds = ROUNDS;
static long woken_us[WAITERS_MAX * ROUNDS_MAX], closed_us[ROUNDS_MAX];
static size_t woken, told;
static char folder[VCARD_PERSONA_FOLDER_SIZE];

/* A thread that waits for events as long as there are any. */
struct waiter {
    pthread_t thread;
    atomic_int thread_id;
    unsigned delay_us;
    CK_RV rv;
    size_t events;
    struct timespec ended;
};

static unsigned below(unsigned n)
{
    unsigned any = 0;

    assert_int_equal(getrandom(&any, sizeof any, 0), (ssize_t)sizeof any);
    return any % n;
}

static void *wait_for_events(void *arg)
{
    struct waiter *waiter = arg;
    CK_SLOT_ID slot;

    atomic_store(&waiter->thread_id, thread_own_id());
    usleep(waiter->delay_us);
    while ((waiter->rv = functions()->C_WaitForSlotEvent(0, &slot, NULL)) ==
           CKR_OK)
        waiter->events++;
    waiter->ended = now();
    return NULL;
}

/* Something for the waiters to be told of, or nothing. */
static void make_an_event(int reader)
{
    switch (below(6)) {
    case 0:
        vcontrol_remove(reader);
        break;
    case 1:
        assert_int_equal(vcontrol_swap(reader, folder), 0);
        break;
    default:
        break;
    }
}

static void race(int reader, unsigned round)
{
    struct waiter waiters[WAITERS_MAX] = {{0}};
    unsigned count = 1 + below(WAITERS_MAX), i;
    struct timespec began, ended;

    for (i = 0; i < count; i++) {
        waiters[i].delay_us = below(DELAY_MAX_US);
        assert_int_equal(pthread_create(&waiters[i].thread, NULL,
                             wait_for_events, &waiters[i]),
            0);
    }
    usleep(below(DELAY_MAX_US));
    make_an_event(reader);
    usleep(below(DELAY_MAX_US));
    began = now();
    assert_int_equal(functions()->C_Finalize(NULL), CKR_OK);
    ended = now();
    closed_us[round] = us_between(&began, &ended);
    for (i = 0; i < count; i++) {
        assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
        assert_int_equal(waiters[i].rv, CKR_CRYPTOKI_NOT_INITIALIZED);
        told += waiters[i].events;
        /* Late ones were not woken. */
        if (waiters[i].delay_us < DELAY_MAX_US / 2)
            woken_us[woken++] = us_between(&began, &waiters[i].ended);
    }
}

static int compare(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;

    return (x > y) - (x < y);
}

static void tell(const char *what, long *us, size_t count)
{
    assert_true(count > 0);
    qsort(us, count, sizeof *us, compare);
    print_message("%s: %zu times, median %ld us, 99 of 100 within %ld us, "
                  "at most %ld us\n",
        what, count, us[count / 2], us[count * 99 / 100], us[count - 1]);
    assert_true(us[count / 2] < MEDIAN_US);
    assert_true(us[count - 1] < SOON_US);
}

static void test_wait_finalize_unload(void **state)
{
    unsigned round;
    int reader;

    for (round = 0; round < rounds; round++) {
        assert_int_equal(load_module(state), 0);
        reader = start(NULL, NULL);
        if (!folder[0])
            assert_int_equal(vcard_persona_copy("adult", folder), 0);
        assert_int_equal(vcontrol_insert(reader, folder), 0);
        race(reader, round);
        vcontrol_reset();
        assert_int_equal(unload_module(state), 0);
        assert_null(dlopen(getenv("JPKI_MODULE"), RTLD_NOW | RTLD_NOLOAD));
    }
    print_message("%zu events told\n", told);
    tell("woken by C_Finalize", woken_us, woken);
    tell("C_Finalize took", closed_us, rounds);
}

/*
 * Rounds of a child that unloads as soon as C_Finalize has returned, without
 * waiting for its threads; a byte goes to DONE for each that it survives.
 */
static void unload_at_once(unsigned count, int done)
{
    struct waiter waiters[WAITERS_MAX];
    unsigned i;

    (void)vcontrol_reader_add("Virtual Reader");
    for (; count > 0; count--) {
        if (load_module(NULL) != 0 || functions()->C_Initialize(NULL) != CKR_OK)
            _exit(1);
        for (i = 0; i < WAITERS_MAX; i++) {
            waiters[i] = (struct waiter){0};
            if (pthread_create(&waiters[i].thread, NULL, wait_for_events,
                    &waiters[i]) != 0)
                _exit(1);
        }
        for (i = 0; i < WAITERS_MAX; i++)
            if (!thread_settles(&waiters[i].thread_id, NULL))
                _exit(1);
        if (functions()->C_Finalize(NULL) != CKR_OK || unload_module(NULL) != 0)
            _exit(1);
        for (i = 0; i < WAITERS_MAX; i++)
            (void)pthread_join(waiters[i].thread, NULL);
        if (write(done, "", 1) != 1)
            _exit(1);
    }
    _exit(0);
}

/* How many of COUNT rounds a child survives, and whether a signal ended it. */
static unsigned survive(unsigned count, bool *ret_killed)
{
    int ends[2], status = 0;
    unsigned survived = 0;
    char byte;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0)
        unload_at_once(count, ends[1]);
    close(ends[1]);
    while (read(ends[0], &byte, 1) == 1)
        survived++;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    *ret_killed = status != 0;
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    return survived;
}

#define AT_ONCE_ROUNDS 50
#define AT_ONCE_DEATHS 5

/*
 * No module can promise this: what is left of a call after C_Finalize saw it
 * end is unmapped under the thread. But it is rare.
 */
static void test_unload_at_once(void **state)
{
    unsigned survived = 0, deaths = 0;
    bool killed;

    while (survived + deaths < AT_ONCE_ROUNDS) {
        survived += survive(AT_ONCE_ROUNDS - survived - deaths, &killed);
        deaths += killed;
    }
    print_message(
        "unloaded under its waiters: %u of %u died\n", deaths, AT_ONCE_ROUNDS);
    assert_true(deaths <= AT_ONCE_DEATHS);
}

/* Loads the module again, which is as it was: it can be finalised now. */
static bool can_be_finalised(void)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST **);
    CK_FUNCTION_LIST *list;
    void *library = dlopen(getenv("JPKI_MODULE"), RTLD_NOW | RTLD_NOLOAD);

    if (!library)
        return false;
    *(void **)&get_list = dlsym(library, "C_GetFunctionList");
    return get_list && get_list(&list) == CKR_OK &&
           list->C_Finalize(NULL) == CKR_OK && dlclose(library) == 0;
}

/* In a child: no assertions. */
static bool unloads_after_a_failed_finalize(void)
{
    struct thread_call call = {
        .run = call_login, .slot = AUTH, .text = AUTH_PIN};
    int reader = vcontrol_reader_add("Virtual Reader");

    if (load_module(NULL) != 0 || vcontrol_insert(reader, folder) != 0 ||
        functions()->C_Initialize(NULL) != CKR_OK || call_open(&call) != CKR_OK)
        return false;
    hang(reader);
    thread_call_start(&call);
    wait_until_hung(reader);
    if (functions()->C_Finalize(NULL) != CKR_FUNCTION_FAILED ||
        unload_module(NULL) != 0)
        return false;
    vcontrol_release(reader);
    return thread_call_join(&call) == CKR_OK && can_be_finalised();
}

/*
 * A call that is in flight for longer than C_Finalize waits returns to code
 * that is still there.
 */
static void test_unload_after_a_failed_finalize(void **state)
{
    expect_good_end(give_birth(unloads_after_a_failed_finalize, CHILD_SECONDS),
        "unloads while a call is in flight");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_finalize_unload),
        cmocka_unit_test(test_unload_at_once),
        cmocka_unit_test(test_unload_after_a_failed_finalize),
    };
    const char *wanted = getenv("JPKI_UNLOAD_ROUNDS");

    if (wanted)
        rounds = (unsigned)strtoul(wanted, NULL, 0);
    if (rounds > ROUNDS_MAX)
        rounds = ROUNDS_MAX;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
