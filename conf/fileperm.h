/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_FILEPERM_H
#define CONF_FILEPERM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Owner and mode of files: who can have written one, and who can read it; and
 * reading one. In one library with the log, for every folder.
 */

/*
 * Tells whether the file that ST describes can be trusted as configuration. As
 * for ssh's ~/.ssh/config, it has to belong to the effective user or to root,
 * and nobody else may write it. Write access of the group is accepted for the
 * owner's private group only: by convention that has the number of its owner,
 * and a user's is the group of the process. The group database is not read in a
 * host's process.
 *
 * Returns NULL when it can, else a constant text for a message "FILE: TEXT",
 * the reason and what to do.
 */
const char *fileperm_refusal(const struct stat *st);

/*
 * Makes the open file FD, which ST describes, accessible to the effective user
 * only, by setting its mode to 0600 where others have any access; RET_CHANGED
 * tells that it was done. A file of another user is left alone.
 *
 * Returns NULL, or a text as above.
 */
const char *fileperm_make_private(
    int fd, const struct stat *st, bool *ret_changed);

/* Reads up to SIZE bytes of FD; returns how many, or -1 with errno. */
ssize_t fileperm_read(int fd, void *data, size_t size);

#endif
