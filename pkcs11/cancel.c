/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/cancel.h"

#include <pthread.h>

int cancel_defer(void)
{
    int state = PTHREAD_CANCEL_ENABLE;

    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    return state;
}

void cancel_restore(int state)
{
    int deferred;

    (void)pthread_setcancelstate(state, &deferred);
    pthread_testcancel();
}

static void run_clean_up(void *clean_up)
{
    (*(void (**)(void))clean_up)();
}

void cancel_test(int state, void (*clean_up)(void))
{
    pthread_cleanup_push(run_clean_up, &clean_up);
    cancel_restore(state);
    (void)cancel_defer();
    pthread_cleanup_pop(0);
}
