/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/state_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRIVATE_FILE 0600
#define PRIVATE_FOLDER 0700

/* Makes PATH and what is above it. */
static bool make_folders(char *path)
{
    char *slash = path;

    while ((slash = strchr(slash + 1, '/')) != NULL) {
        int made;

        *slash = '\0';
        made = mkdir(path, PRIVATE_FOLDER);
        *slash = '/';
        if (made != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
            return false;
    }
    return mkdir(path, PRIVATE_FOLDER) == 0 || errno == EEXIST;
}

bool state_folder(char ret_folder[PATH_MAX])
{
    const char *base = secure_getenv("XDG_STATE_HOME");
    const char *below = "";
    int len;

    ret_folder[0] = '\0';
    if (!base || base[0] != '/') {
        base = secure_getenv("HOME");
        below = "/.local/state";
    }
    if (!base || base[0] != '/') {
        errno = ENOENT;
        return false;
    }
    len = snprintf(ret_folder, PATH_MAX, "%s%s/jpki-pkcs11", base, below);
    if (len < PATH_MAX)
        return make_folders(ret_folder);
    errno = ENAMETOOLONG;
    return false;
}

int state_open_folder(void)
{
    char path[PATH_MAX];

    return state_folder(path) ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)
                              : -1;
}

int state_lock(void)
{
    int folder = state_open_folder();
    int fd;

    if (folder < 0)
        return -1;
    fd = openat(folder, "bridge-lock",
        O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, PRIVATE_FILE);
    (void)close(folder);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int err = errno;

        (void)close(fd);
        fd = -1;
        errno = err;
    }
    return fd;
}
