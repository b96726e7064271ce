/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/conf/files.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/conf/libc.h"

int files_setup(void **state)
{
    struct files *files = calloc(1, sizeof(*files));
    const char *base = getenv("TMPDIR");

    if (files == NULL)
        return -1;
    libc_reset();
    snprintf(files->folder, sizeof(files->folder), "%.40s/jpki-conf-XXXXXX",
        base != NULL ? base : P_tmpdir);
    if (mkdtemp(files->folder) == NULL) {
        free(files);
        return -1;
    }
    snprintf(
        files->system, sizeof(files->system), "%s/system.conf", files->folder);
    snprintf(files->user, sizeof(files->user), "%s/user.conf", files->folder);
    files->paths = (struct conf_paths){files->system, files->user, false};
    *state = files;
    return 0;
}

static int remove_entry(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int files_teardown(void **state)
{
    struct files *files = *state;

    conf_done(&files->conf);
    free(files->error);
    nftw(files->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(files);
    return 0;
}

void files_write(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

char *files_read(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    assert_non_null(text);
    return text;
}

const char *files_path(const struct files *files, const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", files->folder, name);
    return path;
}

size_t files_count_lines(const char *text)
{
    size_t lines = 0;

    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

char *files_read_message(const char *path)
{
    char *text = files_read(path);
    char *message = strstr(text, " warn: ");
    char *copy = NULL;

    assert_int_equal(files_count_lines(text), 1);
    assert_non_null(message);
    message[strcspn(message, "\n")] = '\0';
    copy = strdup(message + strlen(" warn: "));
    free(text);
    assert_non_null(copy);
    return copy;
}

int files_load(struct files *files, const char *system, const char *user,
    const char *program)
{
    int status = 0;

    conf_done(&files->conf);
    free(files->error);
    files->error = NULL;
    if (system != NULL)
        files_write(files->system, system, strlen(system));
    if (user != NULL)
        files_write(files->user, user, strlen(user));
    status = conf_load(&files->paths, program, &files->conf, &files->error);
    return status;
}

void files_load_ok(struct files *files, const char *system, const char *user,
    const char *program)
{
    int status = files_load(files, system, user, program);

    if (status != 0)
        fail_msg("%s", files->error != NULL ? files->error : strerror(status));
}

void files_load_bad(struct files *files, const char *system, const char *user,
    const char *expected)
{
    static const struct conf untouched;
    size_t folder = strlen(files->folder);

    assert_int_equal(files_load(files, system, user, "prog"), EINVAL);
    assert_non_null(files->error);
    assert_memory_equal(files->error, files->folder, folder);
    assert_string_equal(files->error + folder + 1, expected);
    assert_memory_equal(&files->conf, &untouched, sizeof(untouched));
}

int files_run_child(int (*body)(struct files *), struct files *files)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        alarm(20);
        _exit(body(files));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
