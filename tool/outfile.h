/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_OUTFILE_H
#define TOOL_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file that is there as a whole or not at all: written under another name in
 * the same folder, and renamed.
 */
struct outfile {
    const char *path; /* what it becomes; the caller's */
    char *temporary;
    int fd;
};

/* Creates it under its other name. False with errno; nothing is left then. */
bool outfile_open(struct outfile *file, const char *path);

/*
 * Writes LEN BYTES and gives it its name. Where there is a file of that name
 * already, EEXIST unless OVERWRITE. False with errno; to be discarded either
 * way.
 */
bool outfile_write(
    struct outfile *file, const uint8_t *bytes, size_t len, bool overwrite);

/* Closes it, and removes what did not get its name. */
void outfile_discard(struct outfile *file);

#endif
