/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

/* Which files count, by the folder they are in, their owner and their mode. */

/* The path of the user's file, in a folder below the test's. */
static void place_user_file(struct files *files, const char *below)
{
    snprintf(
        files->user, sizeof files->user, "%.40s/%.40s", files->folder, below);
}

/* Loads as a user who is not root: 0, or the errno value. */
static int load_unprivileged(struct files *files)
{
    if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 ||
                              setresuid(65534, 65534, 65534) != 0))
        return -1;
    return files_load(files, NULL, NULL, "prog");
}

/* Someone else's home: its folder may not be searched. */
static void test_a_folder_that_may_not_be_searched_holds_no_file(void **state)
{
    struct files *files = *state;

    assert_int_equal(chmod(files->folder, 0711), 0);
    assert_int_equal(mkdir(files_path(files, "home"), 0700), 0);
    place_user_file(files, "home/user.conf");
    files_write(files->user, "[mistake]\n", 10);
    assert_int_equal(chmod(files_path(files, "home"), 0), 0);
    assert_int_equal(files_run_child(load_unprivileged, files), 0);
    place_user_file(files, "home/.config/user.conf");
    assert_int_equal(files_run_child(load_unprivileged, files), 0);
    assert_int_equal(chmod(files_path(files, "home"), 0700), 0);
}

static void test_a_file_that_may_not_be_read_is_an_error(void **state)
{
    struct files *files = *state;

    assert_int_equal(chmod(files->folder, 0711), 0);
    files_write(files->user, "", 0);
    assert_int_equal(chmod(files->user, 0), 0);
    assert_int_equal(files_run_child(load_unprivileged, files), EINVAL);
}

/* What JPKI_PKCS11_CONF names has to be there. */
static void test_a_named_file_has_to_be_found(void **state)
{
    struct files *files = *state;

    assert_int_equal(chmod(files->folder, 0711), 0);
    assert_int_equal(mkdir(files_path(files, "home"), 0), 0);
    place_user_file(files, "home/user.conf");
    files->paths.user_required = true;
    assert_int_equal(files_run_child(load_unprivileged, files), EINVAL);
}

/* Policy may lie in it: the administrator has closed it by mistake. */
static void test_the_systems_folder_has_to_be_searched(void **state)
{
    struct files *files = *state;

    assert_int_equal(chmod(files->folder, 0711), 0);
    assert_int_equal(mkdir(files_path(files, "etc"), 0), 0);
    snprintf(files->system, sizeof files->system, "%.40s/etc/system.conf",
        files->folder);
    assert_int_equal(files_run_child(load_unprivileged, files), EINVAL);
}

static void test_a_path_that_cannot_be_holds_no_file(void **state)
{
    struct files *files = *state;
    char longest[5000] = "/";

    assert_int_equal(symlink("loop", files_path(files, "loop")), 0);
    place_user_file(files, "loop/user.conf");
    files_load_ok(files, NULL, NULL, "prog");
    memset(longest + 1, 'x', sizeof longest - 2);
    files->paths.user = longest;
    files_load_ok(files, NULL, NULL, "prog");
}

static void test_a_users_file_that_others_may_write_is_refused(void **state)
{
    static const struct {
        mode_t mode;
        const char *error;
    } refused[] = {
        {0602, "user.conf: writable by others: run chmod go-w on it"},
        {0666, "user.conf: writable by others: run chmod go-w on it"},
    };
    static const mode_t accepted[] = {0600, 0644, 0400};
    struct files *files = *state;

    files_write(files->user, "", 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(chmod(files->user, refused[i].mode), 0);
        files->paths.user_required = i > 0;
        files_load_bad(files, NULL, NULL, refused[i].error);
    }
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        assert_int_equal(chmod(files->user, accepted[i]), 0);
        files_load_ok(files, NULL, NULL, "prog");
    }
}

static void test_a_users_file_of_another_user_is_refused(void **state)
{
    struct files *files = *state;

    files_write(files->user, "", 0);
    if (geteuid() == 0)
        assert_int_equal(chown(files->user, 1, (gid_t)-1), 0);
    else
        libc_user = geteuid() + 1;
    files_load_bad(files, NULL, NULL,
        "user.conf: belongs to another user: it has to be yours or root's");
}

/* The system's folder is the administrator's to keep. */
static void test_the_systems_file_is_believed(void **state)
{
    struct files *files = *state;

    files_write(files->system, "[pin]\nfold_case = no\n", 21);
    assert_int_equal(chmod(files->system, 0666), 0);
    files_load_ok(files, NULL, NULL, "prog");
    assert_false(files->conf.fold_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_a_folder_that_may_not_be_searched_holds_no_file),
        FILES_TEST(test_a_file_that_may_not_be_read_is_an_error),
        FILES_TEST(test_a_named_file_has_to_be_found),
        FILES_TEST(test_the_systems_folder_has_to_be_searched),
        FILES_TEST(test_a_path_that_cannot_be_holds_no_file),
        FILES_TEST(test_a_users_file_that_others_may_write_is_refused),
        FILES_TEST(test_a_users_file_of_another_user_is_refused),
        FILES_TEST(test_the_systems_file_is_believed),
    };

    return cmocka_run_group_tests_name("conf-files", tests, NULL, NULL);
}
