/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_STAMP_H
#define CRYPTO_STAMP_H

#include <stdbool.h>
#include <sys/stat.h>

/* For the files of this folder only: has a file changed since it was read? */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec written; /* mtime */
    struct timespec changed; /* ctime */
    bool settled; /* false, as all zero: take it for changed in any case */
};

/*
 * The stamp of a file that is about to be read. What was written within the
 * last moments is not settled: the clock of a file system is coarse, and a
 * second change might leave the same times.
 */
struct stamp stamp_take(const struct stat *st);

bool stamp_holds(const struct stamp *stamp, const struct stat *st);

#endif
