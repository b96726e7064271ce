/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_WAIT_H
#define PKCS11_WAIT_H

#include <pthread.h>
#include <stdbool.h>

/* Makes LOCK, and COND to wait for under it; false leaves neither. */
bool wait_make(pthread_mutex_t *lock, pthread_cond_t *cond);

/*
 * Waits for COND under LOCK, MS milliseconds at most, whatever is done to the
 * wall clock meanwhile. May return early, as any such wait.
 */
void wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, long ms);

#endif
