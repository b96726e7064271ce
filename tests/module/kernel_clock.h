/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_KERNEL_CLOCK_H
#define TESTS_MODULE_KERNEL_CLOCK_H

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * 0, or -1 with errno set: clock_gettime for a test that has a function of that
 * name itself. Where long has 32 bits, the usual system call would fill a
 * timespec of 32 bits, not one of a 64-bit time_t.
 */
static inline int kernel_clock(clockid_t clock, struct timespec *ret_time)
{
#ifdef SYS_clock_gettime64
    return (int)syscall(SYS_clock_gettime64, clock, ret_time);
#else
    return (int)syscall(SYS_clock_gettime, clock, ret_time);
#endif
}

#endif
