/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/guard.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * For a transaction of ours to end: pcscd resets the card of a process that
 * dies in one, which disturbs other programs.
 */
#define GRACE_MS 1000

static void *watch(void *arg)
{
    const struct guard *guard = arg;
    struct pollfd polled[1 + PORT_WATCHED] = {
        {.fd = guard->stop, .events = POLLIN}};
    int n;

    memcpy(polled + 1, guard->port->watched, sizeof guard->port->watched);
    do {
        n = poll(polled, 1 + PORT_WATCHED, -1);
    } while (n < 0 && errno == EINTR);
    if (n > 0 && !polled[0].revents && poll(polled, 1, GRACE_MS) == 0)
        _exit(EXIT_SUCCESS);
    return NULL;
}

void guard_begin(struct guard *guard, const struct port *port)
{
    memset(guard, 0, sizeof *guard);
    guard->port = port;
    guard->stop = eventfd(0, EFD_CLOEXEC);
    if (guard->stop < 0)
        return;
    guard->is_running = pthread_create(&guard->thread, NULL, watch, guard) == 0;
    if (!guard->is_running)
        (void)close(guard->stop);
}

void guard_end(struct guard *guard)
{
    const uint64_t one = 1;

    if (!guard->is_running)
        return;
    /* Cannot fail: the counter is at zero. */
    (void)!write(guard->stop, &one, sizeof one);
    (void)pthread_join(guard->thread, NULL);
    (void)close(guard->stop);
}
