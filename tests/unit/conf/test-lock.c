/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/lock.h"

static struct lock lock = LOCK_INITIALIZER;
static struct lock_owner owner;
static unsigned resets;

static void reset(void)
{
    lock_reset(&lock);
    resets++;
}

static void acquire_and_release(void)
{
    lock_reset_after_fork(&owner, reset);
    lock_acquire(&lock);
    lock_release(&lock);
}

/* The parent's first use resets nothing, a child's does, once. */
static void test_reset_after_fork(void **state)
{
    int status = 0;
    pid_t child;

    (void)state;
    acquire_and_release();
    acquire_and_release();
    assert_int_equal(resets, 0);
    lock_acquire(&lock);
    child = fork();
    if (child == 0) {
        alarm(60);
        acquire_and_release();
        acquire_and_release();
        _exit((int)resets);
    }
    lock_release(&lock);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void *signal_cond(void *cond)
{
    lock_acquire(&lock);
    resets = 100;
    pthread_cond_broadcast(cond);
    lock_release(&lock);
    return NULL;
}

static void test_wait(void **state)
{
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    pthread_t thread;

    (void)state;
    lock_acquire(&lock);
    assert_int_equal(pthread_create(&thread, NULL, signal_cond, &cond), 0);
    while (resets != 100)
        lock_wait(&lock, &cond);
    lock_release(&lock);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* Nothing comes: the wait ends by itself, and holds the lock again. */
static void test_wait_ms(void **state)
{
    struct lock made;
    pthread_cond_t cond;

    (void)state;
    assert_true(lock_init_with_cond(&made, &cond));
    lock_acquire(&made);
    lock_wait_ms(&made, &cond, 1);
    lock_wait_ms(&made, &cond, 999);
    lock_release(&made);
    pthread_cond_destroy(&cond);
    lock_destroy(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset_after_fork),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_wait_ms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
