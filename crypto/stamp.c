/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/stamp.h"

#include <stdint.h>
#include <time.h>

/* Longer than a tick of the kernel's, by which file systems go. */
#define MOMENT_NS 50000000

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A clock that was set back makes a file of the future, not a fresh one. */
static bool is_fresh(struct timespec changed)
{
    struct timespec now = {0, 0};
    int64_t age = 0;

    clock_gettime(CLOCK_REALTIME, &now);
    age = nanoseconds(now) - nanoseconds(changed);
    return age > -MOMENT_NS && age < MOMENT_NS;
}

struct stamp stamp_take(const struct stat *st)
{
    return (struct stamp){
        .device = st->st_dev,
        .inode = st->st_ino,
        .size = st->st_size,
        .written = st->st_mtim,
        .changed = st->st_ctim,
        .settled = !is_fresh(st->st_ctim),
    };
}

bool stamp_holds(const struct stamp *stamp, const struct stat *st)
{
    return stamp->settled && stamp->device == st->st_dev &&
           stamp->inode == st->st_ino && stamp->size == st->st_size &&
           nanoseconds(stamp->written) == nanoseconds(st->st_mtim) &&
           nanoseconds(stamp->changed) == nanoseconds(st->st_ctim);
}
