/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/card_process.h"
#include "tests/module/forks.h"

/*
 * Children of a fork with one card for both: whatever they do, the parent signs
 * at the same time and afterwards, and the card's ledger has nothing but what
 * was asked of it.
 */

#define CHILD_SECONDS 20
#define FORKS 16

/* Children. */

/* It has none of the parent's connections to the service. */
static bool becomes_another_program(void)
{
    (void)execl("/bin/sh", "sh", "-c",
        "! ls -l /proc/self/fd | grep -q socket:", (char *)NULL);
    return false;
}

static bool finalises(void)
{
    return functions()->C_Finalize(NULL) == CKR_CRYPTOKI_NOT_INITIALIZED &&
           functions()->C_CloseSession(session) == CKR_CRYPTOKI_NOT_INITIALIZED;
}

static bool signs_and_finalises(void)
{
    return signs() && functions()->C_Finalize(NULL) == CKR_OK;
}

static bool signs_and_exits(void)
{
    if (signs())
        exit(EXIT_SUCCESS);
    return false;
}

static const struct child {
    const char *what;
    bool (*live)(void);
    bool signs; /* one log-in, one signature */
} children[] = {
    {"quits", quits, false},
    {"exits", exits, false},
    {"becomes another program", becomes_another_program, false},
    {"finalises", finalises, false},
    {"signs and finalises", signs_and_finalises, true},
    {"signs and exits", signs_and_exits, true},
    {"signs and quits", signs, true},
};

static void sign_here(void)
{
    assert_int_equal(make_signature(functions(), session, key), CKR_OK);
}

static void test_one_card_for_both(void **state)
{
    struct vcard_ledger before, after;
    unsigned others = 0;
    size_t i;

    start("adult", NULL);
    log_in_here();
    before = ledger(0);
    for (i = 0; i < sizeof children / sizeof *children; i++) {
        pid_t child;

        sign_here();
        child = give_birth(children[i].live, CHILD_SECONDS);
        sign_here();
        sign_here();
        expect_good_end(child, children[i].what);
        sign_here();
        others += children[i].signs;
    }
    after = ledger(0);
    assert_int_equal(
        after.verifies[AUTH] - before.verifies[AUTH], signatures + 2 * others);
    assert_int_equal(after.signatures[AUTH], signatures + others);
    assert_int_equal(after.wrong[AUTH] + after.verifies[SIGN], 0);
    assert_int_equal(after.tries[AUTH], 3);
    /* Neither powered off nor reset. */
    assert_int_equal(after.power_ons, before.power_ons);
    assert_int_equal(after.warm_resets, before.warm_resets);
    EXPECT(CKR_OK, C_Logout, session);
}

/* The parent may be in the middle of a transaction when it forks. */

static atomic_bool ended;
static atomic_uint complaints;

static void *signs_on_and_on(void *arg)
{
    (void)arg;
    while (!ended)
        if (make_signature(functions(), session, key) != CKR_OK)
            complaints++;
    return NULL;
}

static void test_forks_in_the_middle(void **state)
{
    struct vcard_ledger after;
    pthread_t thread;
    int i;

    start("adult", NULL);
    log_in_here();
    ended = false;
    assert_int_equal(pthread_create(&thread, NULL, signs_on_and_on, NULL), 0);
    while (signatures == 0)
        (void)usleep(1000);
    for (i = 0; i < FORKS; i++) {
        bool (*live)(void) = i % 2 ? finalises : exits;

        expect_good_end(give_birth(live, CHILD_SECONDS), "forks in the middle");
    }
    ended = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(complaints, 0);
    after = ledger(0);
    assert_int_equal(after.verifies[AUTH], signatures + 1);
    assert_int_equal(after.signatures[AUTH], signatures);
    assert_int_equal(after.tries[AUTH], 3);
    print_message("%d forks beside %u signatures\n", FORKS, signatures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_card_for_both),
        TEST(test_forks_in_the_middle),
    };

    card_process_start();
    return cmocka_run_group_tests(tests, load_module, unload_module);
}
