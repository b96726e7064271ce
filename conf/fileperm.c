/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/fileperm.h"
#include "conf/words.h"
#include "conf/words_conf.h"
#include "conf/words_log.h"

#include <errno.h>
#include <unistd.h>

static bool is_owners_own_group(const struct stat *st)
{
    if (st->st_gid != st->st_uid)
        return false;
    return st->st_uid == 0 || st->st_gid == getegid();
}

const char *fileperm_refusal(const struct stat *st)
{
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return words(W_CONF_OTHER_OWNER);
    if (st->st_mode & S_IWOTH)
        return words(W_CONF_OTHERS_WRITE);
    if ((st->st_mode & S_IWGRP) && !is_owners_own_group(st))
        return words(W_CONF_GROUP_WRITES);
    return NULL;
}

const char *fileperm_make_private(
    int fd, const struct stat *st, bool *ret_changed)
{
    *ret_changed = false;
    if (st->st_uid != geteuid())
        return words(W_LOG_FILE_OTHER_OWNER);
    if ((st->st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return NULL;
    if (fchmod(fd, S_IRUSR | S_IWUSR) != 0)
        return words(W_LOG_FILE_OPEN);
    *ret_changed = true;
    return NULL;
}

ssize_t fileperm_read(int fd, void *data, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t got = read(fd, (char *)data + length, size - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}
