/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mode of a file that any other program would make here. */
static mode_t new_mode(void)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return 0666 & ~mask;
}

bool outfile_open(struct outfile *file, const char *path)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;

    file->path = path;
    file->fd = -1;
    if (asprintf(&file->temporary, "%.*s.jpki-XXXXXX", folder, path) < 0) {
        file->temporary = NULL;
        return false;
    }
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd >= 0 && fchmod(file->fd, new_mode()) == 0)
        return true;
    if (file->fd < 0) {
        free(file->temporary);
        file->temporary = NULL;
    }
    outfile_discard(file);
    return false;
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return fsync(fd) == 0;
}

/*
 * A link is never made over a file. Where the file system knows none, what
 * appears between the question and the answer is overwritten.
 */
static bool give_name(const struct outfile *file)
{
    struct stat st;

    if (link(file->temporary, file->path) == 0)
        return true;
    if (errno == EEXIST)
        return false;
    if (lstat(file->path, &st) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(file->temporary, file->path) == 0;
}

bool outfile_write(
    struct outfile *file, const uint8_t *bytes, size_t len, bool overwrite)
{
    if (!write_all(file->fd, bytes, len))
        return false;
    return overwrite ? rename(file->temporary, file->path) == 0
                     : give_name(file);
}

void outfile_discard(struct outfile *file)
{
    int error = errno;

    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary)
        (void)unlink(file->temporary);
    free(file->temporary);
    file->fd = -1;
    file->temporary = NULL;
    errno = error;
}
