/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/fileperm.h"

#include <stdbool.h>
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
        return "belongs to another user: replace it with a copy of your own";
    if (st->st_mode & S_IWOTH)
        return "writable by others: run chmod go-w on it";
    if ((st->st_mode & S_IWGRP) && !is_owners_own_group(st))
        return "writable by its group: run chmod go-w on it";
    return NULL;
}
