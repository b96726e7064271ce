/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

/*
 * Without memory a call fails with ENOMEM, whichever allocation it is, and
 * leaves nothing behind; leaks are for the address sanitizer to find.
 */

/* More allocations than any of the calls makes. */
#define MANY 100

/* The status of a load in which allocation number FAILING fails. */
static int load_failing_at(struct files *files, int failing, char **ret_error)
{
    struct conf conf = {0};
    int status = 0;

    libc_allocations = failing;
    status = conf_load(&files->paths, "prog", &conf, ret_error);
    libc_allocations = -1;
    if (status == ENOMEM)
        assert_null(conf.log_file);
    conf_done(&conf);
    return status;
}

/* Returns how many of the allocations of a load can fail. */
static int assert_enomem_until(struct files *files, int expected)
{
    for (int i = 0; i < MANY; i++) {
        char *error = NULL;
        int status = load_failing_at(files, i, &error);

        if (status == ENOMEM)
            assert_null(error);
        free(error);
        if (status != ENOMEM) {
            assert_int_equal(status, expected);
            return i;
        }
    }
    fail();
    return 0;
}

static void test_load_fails_cleanly(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "[card]\nreader = a\nreader = b\n"
        "[policy]\ncrl = /a\nocsp = http://a/\n[app prog]\nshow = auth\n",
        "[policy]\ncrl = /b\nsign_ca = /c\n[log]\nfile = /l\n", "prog");
    assert_true(assert_enomem_until(files, 0) > 10);
}

static void test_load_of_a_mistake_fails_cleanly(void **state)
{
    struct files *files = *state;

    files_load_bad(files, "[pin]\nfoo = 1\n", NULL,
        "system.conf:2: unknown key \"foo\" in [pin]");
    assert_true(assert_enomem_until(files, EINVAL) > 3);
}

static void test_load_without_a_file_fails_cleanly(void **state)
{
    struct files *files = *state;

    files->paths.user_required = true;
    files_load_bad(files, NULL, NULL,
        "user.conf: No such file or directory: correct JPKI_PKCS11_CONF, which "
        "names it");
    assert_true(assert_enomem_until(files, EINVAL) > 0);
}

static void test_find_fails_cleanly(void **state)
{
    static const char *const variables[] = {
        "JPKI_PKCS11_CONF", "XDG_CONFIG_HOME", "HOME"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct conf_paths paths = {NULL, NULL, false};

        for (size_t k = 0; k < 3; k++)
            unsetenv(variables[k]);
        setenv(variables[i], "/x", 1);
        libc_allocations = 0;
        assert_int_equal(conf_find(&paths), ENOMEM);
        libc_allocations = -1;
        assert_null(paths.user);
        assert_int_equal(conf_find(&paths), 0);
        conf_paths_done(&paths);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_load_fails_cleanly),
        FILES_TEST(test_load_of_a_mistake_fails_cleanly),
        FILES_TEST(test_load_without_a_file_fails_cleanly),
        FILES_TEST(test_find_fails_cleanly),
    };

    return cmocka_run_group_tests_name("conf-memory", tests, NULL, NULL);
}
