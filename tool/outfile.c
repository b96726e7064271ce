/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* MODE for a new file that is no program, without what umask(2) takes. */
static mode_t masked(mode_t mode)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return mode & 0666 & ~mask;
}

/* Bytes of PATH before its last component. */
static int folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (int)(slash - path) + 1 : 0;
}

/* True where PATH has a name that its folder takes; else errno says why not. */
static bool is_short_enough(const char *path)
{
    int folder_len = folder_length(path);
    char *folder;
    long longest;

    /* What is too long may be known to the file system only when it is made. */
    if (asprintf(&folder, "%.*s.", folder_len, path) < 0)
        return false;
    longest = pathconf(folder, _PC_NAME_MAX);
    free(folder);
    errno = ENAMETOOLONG;
    return longest < 0 || strlen(path + folder_len) <= (size_t)longest;
}

/* Linux's, which musl's headers do not name. */
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000
#endif

/* False also where the C library has no statx, as musl before 1.2.5. */
static bool is_mount_point(const char *path)
{
#ifdef STATX_TYPE
    struct statx st;

    return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &st) == 0 &&
           (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
    (void)path;
    return false;
#endif
}

/*
 * True where this process may take the name of PATH, no folder, from the file
 * that has it; else errno says why not. A folder with the sticky bit keeps
 * others' files, and some file systems single ones. rmdir(2) tells: the kernel
 * asks it for the same right as rename(2), and only then whether it is one.
 * A file that is a mount point, as containers have them, stays where it is.
 */
static bool can_be_replaced(const char *path)
{
    if (rmdir(path) == 0 || (errno != ENOTDIR && errno != ENOENT))
        return false;
    errno = EBUSY;
    return !is_mount_point(path);
}

/* True where FILE can get its name; else errno says why not. */
static bool can_be_named(struct outfile *file, bool overwrite)
{
    struct stat st;

    if (lstat(file->path, &st) != 0)
        return errno == ENOENT && is_short_enough(file->path);
    errno = S_ISDIR(st.st_mode) ? EISDIR : EEXIST;
    if (S_ISDIR(st.st_mode) || !overwrite)
        return false;
    if (S_ISREG(st.st_mode) && st.st_nlink == 1)
        file->frees = (off_t)st.st_blocks * 512;
    return can_be_replaced(file->path);
}

/* True too where the file system cannot say beforehand what it has room for. */
static bool reserve(int fd, size_t size)
{
    int err;

    do {
        err = posix_fallocate(fd, 0, (off_t)size);
    } while (err == EINTR);
    errno = err;
    return err == 0 || err == EOPNOTSUPP || err == EINVAL || err == ENOSYS;
}

bool outfile_open(
    struct outfile *file, const char *path, size_t size, bool overwrite)
{
    *file = (struct outfile){.path = path, .fd = -1};
    if (!can_be_named(file, overwrite))
        return false;
    if (asprintf(&file->temporary, "%.*s.jpki-XXXXXX", folder_length(path),
            path) < 0) {
        file->temporary = NULL;
        return false;
    }
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd >= 0 && reserve(file->fd, size))
        return true;
    if (file->fd < 0) {
        free(file->temporary);
        file->temporary = NULL;
    }
    outfile_discard(file);
    return false;
}

bool outfile_close(struct outfile *file)
{
    struct stat st;
    bool ok = fstat(file->fd, &st) == 0 &&
              ftruncate(file->fd,
                  st.st_size > file->frees ? st.st_size - file->frees : 0) == 0;

    (void)close(file->fd);
    file->fd = -1;
    return ok;
}

/* The whole of the file: not what was reserved beyond it. */
static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    if (ftruncate(fd, (off_t)len) != 0)
        return false;
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

/* Where the file cannot be of GROUP, MODE's rights are not for its own one. */
static bool give_mode(int fd, mode_t mode, gid_t group)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return false;
    if (st.st_gid != group && fchown(fd, (uid_t)-1, group) != 0)
        mode &= (mode_t)~S_IRWXG;
    return fchmod(fd, masked(mode)) == 0;
}

bool outfile_write(struct outfile *file, const uint8_t *bytes, size_t len,
    const struct stat *like, bool overwrite)
{
    if (!write_all(file->fd, bytes, len) ||
        !give_mode(file->fd, like->st_mode, like->st_gid))
        return false;
    return overwrite ? rename(file->temporary, file->path) == 0
                     : give_name(file);
}

void outfile_discard(struct outfile *file)
{
    int error = errno;

    if (file->fd >= 0)
        (void)close(file->fd);
    if (file->temporary)
        (void)unlink(file->temporary);
    free(file->temporary);
    file->fd = -1;
    file->temporary = NULL;
    errno = error;
}
