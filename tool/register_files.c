/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/register.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/words_register.h"
#include "tool/output.h"

#define FILE_MAX_BYTES (1024 * 1024)

/* The content of PATH with a NUL behind it, to be freed; NULL with errno,
 * ENOENT where there is none. */
static char *read_file(const char *path, size_t *ret_len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    char *text = malloc(FILE_MAX_BYTES + 1);
    size_t len = 0;
    ssize_t n = -1;

    while (fd >= 0 && text && len < FILE_MAX_BYTES &&
           (n = read(fd, text + len, FILE_MAX_BYTES - len)) > 0)
        len += (size_t)n;
    if (fd >= 0)
        close(fd);
    if (n != 0) {
        if (n > 0)
            errno = EFBIG;
        free(text);
        return NULL;
    }
    text[len] = '\0';
    *ret_len = len;
    return text;
}

static void tell_failure(struct registering *job, const char *path)
{
    if (job->is_system && errno == EACCES)
        complain(words(W_REGISTER_NOT_ROOT), path);
    else
        complain(words(W_REGISTER_FAILED), path, strerror(errno));
    registering_worsen(job, EXIT_TROUBLE);
}

static void tell_dangling(struct registering *job, const char *path)
{
    complain(words(W_REGISTER_DANGLING), path);
    registering_worsen(job, EXIT_TROUBLE);
}

/* Makes the folders above PATH. */
static bool make_folders(const char *path, mode_t mode)
{
    char *copy = strdup(path);
    char *slash;
    bool is_made = copy != NULL;

    for (slash = copy ? strchr(copy + 1, '/') : NULL; slash && is_made;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        is_made = mkdir(copy, mode) == 0 || errno == EEXIST;
        *slash = '/';
    }
    free(copy);
    return is_made;
}

/*
 * Writes LEN bytes as PATH, by a file beside it that takes its place: a program
 * that reads meanwhile sees the old or the new one. Mode and owner stay those
 * of BEFORE, unless it is NULL.
 */
static bool write_file(const char *path, const char *text, size_t len,
    mode_t mode, const struct stat *before)
{
    char *temporary = register_path("%s.jpki-XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    bool is_good = fd >= 0;
    int err;

    is_good = is_good && write(fd, text, len) == (ssize_t)len &&
              fchmod(fd, before ? before->st_mode & 07777 : mode) == 0 &&
              (!before || fchown(fd, before->st_uid, before->st_gid) == 0) &&
              fsync(fd) == 0 && rename(temporary, path) == 0;
    err = errno;
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && !is_good)
        unlink(temporary);
    free(temporary);
    errno = err;
    return is_good;
}

static void make_file(
    struct registering *job, const char *path, const char *text)
{
    if (!job->is_dry_run &&
        (!make_folders(path, job->is_system ? 0755 : 0700) ||
            !write_file(path, text, strlen(text), 0644, NULL))) {
        tell_failure(job, path);
        return;
    }
    printf(words(W_REGISTER_MADE), path);
}

/* The folder of PATH, where it has our name and nothing in it any more. */
static void remove_own_folder(const char *path)
{
    static const char ours[] = "/jpki-pkcs11";
    size_t len = (size_t)(strrchr(path, '/') - path);
    char *folder = register_path("%.*s", (int)len, path);

    if (len > strlen(ours) && strcmp(folder + len - strlen(ours), ours) == 0)
        (void)rmdir(folder);
    free(folder);
}

static void remove_file(struct registering *job, const char *path)
{
    if (!job->is_dry_run && unlink(path) != 0) {
        tell_failure(job, path);
        return;
    }
    if (!job->is_dry_run)
        remove_own_folder(path);
    printf(words(W_REGISTER_REMOVED), path);
}

bool register_file(struct registering *job, const char *path, const char *text)
{
    size_t len;
    char *there = read_file(path, &len);
    bool is_ours =
        there && len == strlen(text) && memcmp(there, text, len) == 0;

    if (!there && errno != ENOENT && errno != ENOTDIR) {
        tell_failure(job, path);
    } else if (there && !is_ours) {
        printf(words(W_REGISTER_OTHER), path);
        registering_worsen(job, EXIT_TO_DO);
    } else if (job->is_removal && there) {
        remove_file(job, path);
    } else if (job->is_removal) {
        printf(words(W_REGISTER_NOTHING), path);
    } else if (there) {
        printf(words(W_REGISTER_ALREADY), path);
    } else {
        make_file(job, path, text);
    }
    free(there);
    return !there || is_ours;
}

/* Where LINE is a line of TEXT; NULL where it is none. */
static char *find_line(char *text, const char *line)
{
    char *at = strstr(text, line);

    while (at && at != text && at[-1] != '\n')
        at = strstr(at + 1, line);
    return at;
}

/* Behind a line of ours, in a file that was not there: a comment of ssh and of
 * git, by which it is told from one that was empty. */
static const char made_by_us[] = "# Made by jpki register.\n";

/* The file PATH, that has LEN bytes TEXT, without LINE at AT. */
static bool drop_line(struct registering *job, const char *path, char *text,
    size_t len, char *at, const char *line)
{
    size_t gone = strlen(line), mark = strlen(made_by_us);
    bool is_made = strncmp(at + gone, made_by_us, mark) == 0;
    struct stat before;

    if (job->is_dry_run)
        return true;
    if (is_made)
        gone += mark;
    if (is_made && len == gone)
        return unlink(path) == 0;
    memmove(at, at + gone, len - (size_t)(at - text) - gone);
    return stat(path, &before) == 0 &&
           write_file(path, text, len - gone, 0, &before);
}

static bool put_line(struct registering *job, const char *path,
    const char *text, size_t len, const char *line)
{
    struct stat before;
    bool is_there = stat(path, &before) == 0;
    char *head = register_path("%s%s", line, is_there ? "" : made_by_us);
    size_t more = strlen(head);
    char *whole = malloc(more + len);
    bool is_good = whole != NULL;

    if (is_good) {
        memcpy(whole, head, more);
        if (len > 0)
            memcpy(whole + more, text, len);
    }
    is_good = is_good &&
              (job->is_dry_run || ((is_there || make_folders(path, 0700)) &&
                                      write_file(path, whole, more + len, 0600,
                                          is_there ? &before : NULL)));
    free(whole);
    free(head);
    return is_good;
}

/* PATH is a link to a file that is not there. */
static bool is_dangling(const char *path)
{
    struct stat st;

    return stat(path, &st) != 0 && lstat(path, &st) == 0;
}

void register_line(struct registering *job, const char *path, const char *line)
{
    /* A link, as those keep who have such files in git, stays one. */
    char *real = realpath(path, NULL);
    const char *file = real ? real : path;
    size_t len = 0;
    char *text = read_file(file, &len);
    char *at = text ? find_line(text, line) : NULL;

    if (!text && errno != ENOENT && errno != ENOTDIR)
        tell_failure(job, path);
    else if (!job->is_removal && is_dangling(path))
        tell_dangling(job, path);
    else if (job->is_removal && !at)
        printf(words(W_REGISTER_NOTHING), path);
    else if (!job->is_removal && at)
        printf(words(W_REGISTER_ALREADY), path);
    else if (job->is_removal ? !drop_line(job, file, text, len, at, line)
                             : !put_line(job, file, text, len, line))
        tell_failure(job, path);
    else
        printf(job->is_removal ? words(W_REGISTER_LINE_GONE)
                               : words(W_REGISTER_LINE),
            path, (int)strcspn(line, "\n"), line);
    free(text);
    free(real);
}
