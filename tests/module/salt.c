/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "token/pin_history.h"

#define SALT 1

/*
 * Of the digests of PINs PIN_HISTORY_BITS outlive the log-out: by this salt no
 * two of the tests' PINs agree in them, which by a random one happens once in a
 * thousand pairs.
 */
ssize_t getrandom(void *buffer, size_t size, unsigned flags)
{
    if (size == PIN_SALT_SIZE) {
        memset(buffer, SALT, size);
        return (ssize_t)size;
    }
    return (ssize_t)syscall(SYS_getrandom, buffer, size, flags);
}
