/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_THREAD_CALL_H
#define TESTS_MODULE_THREAD_CALL_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "tests/module/support.h"

/* One call of the module in a thread of its own, while the test goes on. */
struct thread_call {
    CK_RV (*run)(struct thread_call *call);
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    CK_OBJECT_HANDLE key;
    const char *text; /* PIN, or what is signed */

    CK_RV rv;
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG count;
    struct timespec began, ended;
    long cpu_us; /* that the thread used */

    pthread_t thread;
    atomic_int thread_id; /* the kernel's, once it runs */
    atomic_bool is_done;
};

/* What may be called: each takes of the members above what it needs. */
CK_RV call_login(struct thread_call *call);
CK_RV call_sign(struct thread_call *call); /* an operation that was begun */
CK_RV call_open(struct thread_call *call); /* into .session */
CK_RV call_close_all(struct thread_call *call);
CK_RV call_token_info(struct thread_call *call);
CK_RV call_mechanisms(struct thread_call *call); /* how many, into .count */
CK_RV call_search(struct thread_call *call);     /* C_FindObjectsInit */
CK_RV call_finalize(struct thread_call *call);
CK_RV call_initialize(struct thread_call *call);
CK_RV call_wait_for_event(struct thread_call *call); /* into .slot */

void thread_call_start(struct thread_call *call);
/* Returns when the call waits for something, or has ended. */
void thread_call_settle(struct thread_call *call);
/* Waits for the answer, and for the end of the thread. */
CK_RV thread_call_join(struct thread_call *call);
/* How long the call took. */
long thread_call_ms(const struct thread_call *call);

long us_between(const struct timespec *from, const struct timespec *to);
long ms_between(const struct timespec *from, const struct timespec *to);
struct timespec now(void);
void sleep_ms(unsigned ms);

/* True when SIG is such a signature over TEXT under SESSION's certificate. */
bool is_signature(
    CK_SESSION_HANDLE session, const char *text, const uint8_t *sig);

/*
 * The next command to READER's card hangs; let go, it goes on, or the card is
 * said to be gone.
 */
void hang(int reader);
void hang_and_lose(int reader);
/* Waits until it does. */
void wait_until_hung(int reader);

#endif
