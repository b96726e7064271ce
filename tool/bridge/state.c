/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#define PRIVATE_FILE 0600

#define UUID_FILE "bridge-uuid"

/* How many bytes there are of it; -1 with errno. */
static ssize_t read_uuid(int folder, uint8_t uuid[STATE_UUID_SIZE])
{
    int fd = openat(folder, UUID_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t len = fd >= 0 ? read(fd, uuid, STATE_UUID_SIZE) : -1;

    if (fd >= 0)
        (void)close(fd);
    return len;
}

/*
 * Writes one beside it and names that, so that it is whole or not there. What
 * another process has written meanwhile stays, unless it REPLACES.
 */
static bool write_uuid(int folder, bool replaces)
{
    uint8_t uuid[STATE_UUID_SIZE];
    char name[64];
    bool is_written;
    int fd;

    snprintf(name, sizeof name, UUID_FILE ".%ld", (long)getpid());
    if (getrandom(uuid, sizeof uuid, 0) != sizeof uuid)
        return false;
    fd = openat(
        folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, PRIVATE_FILE);
    if (fd < 0)
        return false;
    is_written = write(fd, uuid, sizeof uuid) == sizeof uuid && fsync(fd) == 0;
    (void)close(fd);
    if (is_written && replaces)
        is_written = renameat(folder, name, folder, UUID_FILE) == 0;
    else if (is_written)
        is_written =
            linkat(folder, name, folder, UUID_FILE, 0) == 0 || errno == EEXIST;
    (void)unlinkat(folder, name, 0);
    return is_written;
}

bool state_uuid(uint8_t ret_uuid[STATE_UUID_SIZE])
{
    int folder = state_open_folder();
    ssize_t len;

    if (folder < 0)
        return false;
    len = read_uuid(folder, ret_uuid);
    /* What is too short was left by a full disk, or by a person. */
    if ((len >= 0 ? len < STATE_UUID_SIZE : errno == ENOENT) &&
        write_uuid(folder, len >= 0))
        len = read_uuid(folder, ret_uuid);
    (void)close(folder);
    return len == STATE_UUID_SIZE;
}
