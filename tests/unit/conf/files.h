/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CONF_FILES_H
#define TESTS_UNIT_CONF_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf/conf.h"

/* A folder of a test's own, with the two files that conf_load reads. */
struct files {
    char folder[64];
    char system[96]; /* FOLDER/system.conf */
    char user[96];   /* FOLDER/user.conf */
    struct conf_paths paths;
    struct conf conf; /* of the last files_load that went well */
    char *error;      /* of the last that did not */
    const struct files_child *child;
};

/*
 * A test that runs in a child, since it changes signals, descriptors or the
 * user: 0, 77 to be skipped, or another number that tells where it failed. A
 * child that is stuck ends after 20 seconds.
 */
struct files_child {
    int (*body)(struct files *files);
};

/* cmocka's setup and teardown; *STATE is a struct files. They close the log. */
int files_setup(void **state);
int files_teardown(void **state);

#define FILES_TEST(name) \
    cmocka_unit_test_setup_teardown(name, files_setup, files_teardown)

#define FILES_CHILD_TEST(name)                                    \
    {                                                             \
#name, files_run_child_test, files_setup, files_teardown, \
            &(struct files_child)                                 \
        {                                                         \
            name                                                  \
        }                                                         \
    }
void files_run_child_test(void **state);

/* Writes SIZE bytes of TEXT as the file PATH. */
void files_write(const char *path, const char *text, size_t size);

/* The whole file PATH as a string, for the caller to free. */
char *files_read(const char *path);

/* FOLDER/NAME; good until the next call. */
const char *files_path(const struct files *files, const char *name);

/* The owner, group and others' bits of the file PATH; -1 when there is none. */
int files_mode(const char *path);

size_t files_count_lines(const char *text);

/* The log file PATH has to hold one record: MESSAGE, of level warn. */
void files_expect_message(const char *path, const char *message);

/* Makes a pipe standard error; returns its other end, or -1. */
int files_pipe_stderr(void);

/* Fills the pipe that is standard error, so that the next write waits. */
void files_fill_stderr(void);

/*
 * conf_load for PROGRAM over files with these texts; NULL leaves a file as it
 * is, or absent.
 */
int files_load(struct files *files, const char *system, const char *user,
    const char *program);

/* The same, where failing fails the test. */
void files_load_ok(struct files *files, const char *system, const char *user,
    const char *program);

/*
 * The configuration of the last load has these values, each as KEY=VALUE with
 * its word, between bars; a comma between the items of a list.
 */
void files_expect(const struct files *files, const char *expected);

/* Fails unless the load fails with FOLDER/EXPECTED as its message. */
void files_load_bad(struct files *files, const char *system, const char *user,
    const char *expected);

/* Runs BODY in a child; its answer is its exit status, or -1 when it dies. */
int files_run_child(int (*body)(struct files *), struct files *files);

#endif
