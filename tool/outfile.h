/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_OUTFILE_H
#define TOOL_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * A file that is there as a whole or not at all: written under another name in
 * the same folder, and renamed.
 */
struct outfile {
    const char *path; /* what it becomes; the caller's */
    char *temporary;
    int fd;
    off_t frees; /* bytes of disk, of the file that is gone then */
};

/*
 * Creates it under its other name, for its owner only, and takes SIZE bytes of
 * the disk for it.
 * False with errno, and nothing is left: EEXIST where PATH is there already,
 * a link to nothing too, unless OVERWRITE; EPERM where that is a file whose
 * place only others may take; EBUSY where it is a mount point; EISDIR where it
 * is a folder; ENAMETOOLONG where the folder takes no such name.
 */
bool outfile_open(
    struct outfile *file, const char *path, size_t size, bool overwrite);

/*
 * Closes its descriptor. It keeps what it wants of the disk beyond the file
 * that it replaces, to be discarded, and is not written. False with errno.
 */
bool outfile_close(struct outfile *file);

/*
 * Writes LEN BYTES and gives it its name, and group and mode of LIKE without
 * what umask(2) takes and the right to run it; where it cannot be of that group
 * its own one has no rights. Where there is a file of that name
 * meanwhile, EEXIST unless OVERWRITE. False with errno; to be discarded either
 * way.
 */
bool outfile_write(struct outfile *file, const uint8_t *bytes, size_t len,
    const struct stat *like, bool overwrite);

/* Closes it, and removes what did not get its name. */
void outfile_discard(struct outfile *file);

#endif
