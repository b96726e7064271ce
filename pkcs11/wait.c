/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/wait.h"

#include <time.h>

#define NS_PER_S 1000000000L
#define NS_PER_MS 1000000L

bool wait_make(pthread_mutex_t *lock, pthread_cond_t *cond)
{
    if (pthread_mutex_init(lock, NULL) != 0)
        return false;
    if (pthread_cond_init(cond, NULL) == 0)
        return true;
    pthread_mutex_destroy(lock);
    return false;
}

void wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, long ms)
{
    struct timespec until = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * NS_PER_MS;
    until.tv_sec += ms / 1000 + until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    (void)pthread_cond_clockwait(cond, lock, CLOCK_MONOTONIC, &until);
}
