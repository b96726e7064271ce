/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_ASIDE_H
#define TESTS_MODULE_ASIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "tests/module/support.h"

/* One call of the module in a thread of its own, while the test goes on. */
struct aside {
    CK_RV (*call)(struct aside *aside);
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
    atomic_bool is_done;
};

/* What may be called: each takes of the members above what it needs. */
CK_RV aside_login(struct aside *aside);
CK_RV aside_sign(struct aside *aside); /* an operation that was begun */
CK_RV aside_open(struct aside *aside); /* into .session */
CK_RV aside_close_all(struct aside *aside);
CK_RV aside_token_info(struct aside *aside);
CK_RV aside_mechanisms(struct aside *aside); /* how many, into .count */
CK_RV aside_search(struct aside *aside);     /* C_FindObjectsInit */
CK_RV aside_finalize(struct aside *aside);
CK_RV aside_initialize(struct aside *aside);
CK_RV aside_wait_for_event(struct aside *aside); /* into .slot */

void aside_start(struct aside *aside);
/* Waits for the answer, and for the end of the thread. */
CK_RV aside_join(struct aside *aside);
/* How long the call took. */
long aside_ms(const struct aside *aside);

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
