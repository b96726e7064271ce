/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/lock.h"

#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000L
#define NS_PER_MS 1000000L

bool lock_init(struct lock *lock)
{
    return pthread_mutex_init(&lock->mutex, NULL) == 0;
}

bool lock_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    bool made;

    if (pthread_condattr_init(&attr) != 0)
        return false;
    made = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(cond, &attr) == 0;
    pthread_condattr_destroy(&attr);
    return made;
}

bool lock_init_with_cond(struct lock *lock, pthread_cond_t *cond)
{
    if (!lock_init(lock))
        return false;
    if (lock_cond_init(cond))
        return true;
    lock_destroy(lock);
    return false;
}

void lock_destroy(struct lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

void lock_wait(struct lock *lock, pthread_cond_t *cond)
{
    pthread_cond_wait(cond, &lock->mutex);
}

void lock_wait_ms(struct lock *lock, pthread_cond_t *cond, long ms)
{
    struct timespec until = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * NS_PER_MS;
    until.tv_sec += ms / 1000 + until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    (void)pthread_cond_timedwait(cond, &lock->mutex, &until);
}

void lock_reset(struct lock *lock)
{
    static const struct lock unlocked = LOCK_INITIALIZER;

    memcpy(lock, &unlocked, sizeof *lock);
}

void lock_reset_after_fork(struct lock_owner *owner, void (*reset)(void))
{
    int self = (int)getpid();
    int process = atomic_load(&owner->process);

    while (process != self) {
        if (process == -self) {
            sched_yield();
            process = atomic_load(&owner->process);
        } else if (atomic_compare_exchange_weak(
                       &owner->process, &process, -self)) {
            if (process != 0)
                reset();
            atomic_store(&owner->process, self);
            process = self;
        }
    }
}
