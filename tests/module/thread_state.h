/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_THREAD_STATE_H
#define TESTS_MODULE_THREAD_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Whether another thread waits, where a test would have to guess how long. */

/* The kernel's number of the thread that calls. */
static inline int thread_own_id(void)
{
    return (int)syscall(SYS_gettid);
}

/* True when the thread of this process sleeps, by the kernel (proc(5)). */
static inline bool thread_sleeps(int thread_id)
{
    char path[64], state = 'R';
    FILE *file;

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread_id);
    file = fopen(path, "re");
    if (!file)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'R';
    fclose(file);
    return state == 'S';
}

/*
 * Returns when the thread whose number is, or will be, in THREAD_ID sleeps for
 * 10 ms, or *IS_DONE is true (NULL: never); false after a minute.
 */
static inline bool thread_settles(
    const atomic_int *thread_id, const atomic_bool *is_done)
{
    int i, asleep = 0;

    for (i = 0; i < 30000 && asleep < 5; i++) {
        int id = atomic_load(thread_id);

        if (is_done && atomic_load(is_done))
            return true;
        usleep(2000);
        asleep = id != 0 && thread_sleeps(id) ? asleep + 1 : 0;
    }
    return asleep == 5;
}

#endif
