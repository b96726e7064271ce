/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_LOCK_H
#define CONF_LOCK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "conf/thread_annotations.h"

/*
 * A mutex that clang's thread safety analysis knows, the wait for a condition,
 * and locks after a fork. For every folder; includes nothing else of the
 * project.
 */

struct CAPABILITY("mutex") lock {
    pthread_mutex_t mutex;
};

/* clang-format off */
#define LOCK_INITIALIZER {PTHREAD_MUTEX_INITIALIZER}
/* clang-format on */

/* False when it cannot be made. The caller passes LOCK to lock_destroy. */
bool lock_init(struct lock *lock);

/* Makes COND one for lock_wait_ms; false when it cannot be made. */
bool lock_cond_init(pthread_cond_t *cond);

/* lock_init and lock_cond_init; false leaves neither. */
bool lock_init_with_cond(struct lock *lock, pthread_cond_t *cond);

/* Destroys LOCK, which no thread holds or waits for. */
void lock_destroy(struct lock *lock);

static inline void lock_acquire(struct lock *lock) ACQUIRE(lock);
static inline void lock_release(struct lock *lock) RELEASE(lock);

/* The analysis does not know pthread_mutex_t. */
static inline NO_THREAD_SAFETY_ANALYSIS void lock_acquire(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

static inline NO_THREAD_SAFETY_ANALYSIS void lock_release(struct lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

/*
 * Waits for COND; LOCK is released meanwhile. May return early, as any such
 * wait: the caller tests its condition again.
 */
void lock_wait(struct lock *lock, pthread_cond_t *cond) REQUIRES(lock);

/*
 * The same for MS milliseconds at most, by the monotonic clock, of which
 * lock_cond_init has told COND.
 */
void lock_wait_ms(struct lock *lock, pthread_cond_t *cond, long ms)
    REQUIRES(lock);

/*
 * A fork copies a lock as it is, perhaps held by a thread that the child does
 * not have. A file whose locks a child may use keeps a zeroed lock_owner and
 * calls lock_reset_after_fork before it acquires any of them.
 */
struct lock_owner {
    /* The process its locks are in order for; negative during RESET. */
    atomic_int process;
};

/*
 * Calls RESET in the first of a child's threads to come here; the others wait
 * until it has returned. RESET acquires no lock of OWNER's file.
 */
void lock_reset_after_fork(struct lock_owner *owner, void (*reset)(void));

/* For RESET: makes LOCK free, whatever its state. */
void lock_reset(struct lock *lock);

#endif
