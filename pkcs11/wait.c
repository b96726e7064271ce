/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/wait.h"

#include <time.h>

#define NS_PER_S 1000000000L
#define NS_PER_MS 1000000L

void wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, long ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * NS_PER_MS;
    until.tv_sec += ms / 1000 + until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    (void)pthread_cond_clockwait(cond, lock, CLOCK_MONOTONIC, &until);
}
