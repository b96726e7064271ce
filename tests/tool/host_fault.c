/* SPDX-License-Identifier: Apache-2.0 */
/* Whose inline functions have the names of those below. */
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/module/kernel_clock.h"

/*
 * To be preloaded into a program: moments that a test cannot hit from outside.
 *
 * $JPKI_SIGNAL_AT, "WHERE NUMBER NTH": the process gets the signal NUMBER when
 * it comes to WHERE for the NTH time: "question", as it writes one to a
 * terminal, which then shows nothing of it; "temporary", when a file of
 * mkostemp was made.
 *
 * $JPKI_CLOCK_SPEED, a number: how many times as fast time goes by for
 * CLOCK_MONOTONIC and poll.
 */

/* True where a signal came. */
static bool raise_at(const char *where)
{
    static int times;
    const char *text = getenv("JPKI_SIGNAL_AT");
    char name[16];
    int number, nth;

    if (!text || sscanf(text, "%15s %d %d", name, &number, &nth) != 3 ||
        strcmp(name, where) != 0 || ++times != nth)
        return false;
    raise(number);
    return true;
}

static bool is_question(const char *text, size_t len)
{
    return len == 2 && memcmp(text, ": ", 2) == 0;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    if (is_question(bytes, len) && raise_at("question"))
        return (ssize_t)len;
    return syscall(SYS_write, fd, bytes, len);
}

typedef int mkostemp_function(char *name, int flags);

int mkostemp(char *name, int flags)
{
    void *found = dlsym(RTLD_NEXT, "mkostemp");
    mkostemp_function *next;
    int fd;

    memcpy(&next, &found, sizeof next);
    fd = next(name, flags);
    (void)raise_at("temporary");
    return fd;
}

static long clock_speed(void)
{
    const char *text = getenv("JPKI_CLOCK_SPEED");
    long speed = text ? strtol(text, NULL, 10) : 1;

    return speed > 0 ? speed : 1;
}

int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    int rc = kernel_clock(clock, ret_time);

    if (rc == 0 && clock == CLOCK_MONOTONIC) {
        long nanoseconds = ret_time->tv_nsec * clock_speed();

        ret_time->tv_sec =
            ret_time->tv_sec * clock_speed() + nanoseconds / 1000000000;
        ret_time->tv_nsec = nanoseconds % 1000000000;
    }
    return rc;
}

typedef int poll_function(struct pollfd *polled, nfds_t count, int ms);

int poll(struct pollfd *polled, nfds_t count, int ms)
{
    void *found = dlsym(RTLD_NEXT, "poll");
    poll_function *next;

    memcpy(&next, &found, sizeof next);
    return next(polled, count, ms > 0 ? (int)(ms / clock_speed()) + 1 : ms);
}

/* What poll is called where _FORTIFY_SOURCE knows the size. */
int __poll_chk(struct pollfd *polled, nfds_t count, int ms, size_t size);

int __poll_chk(struct pollfd *polled, nfds_t count, int ms, size_t size)
{
    (void)size;
    return poll(polled, count, ms);
}
