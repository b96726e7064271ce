/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/fileperm.h"
#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

#define ROOT 0
#define USER 1000
#define OTHER 1001
#define OTHER_GROUP 100

#define TRUSTED NULL
#define FOREIGN "belongs to another user: it has to be yours or root's"
#define OPEN_TO_ALL "writable by others: run chmod go-w on it"
#define OPEN_TO_GROUP "writable by its group: run chmod go-w on it"

static const struct {
    uid_t user; /* the process */
    gid_t group;
    uid_t owner; /* the file */
    gid_t owning_group;
    mode_t mode;
    const char *refusal;
} cases[] = {
    {USER, USER, USER, USER, 0600, TRUSTED},
    {USER, USER, USER, USER, 0644, TRUSTED},
    {USER, USER, ROOT, ROOT, 0644, TRUSTED},
    {ROOT, ROOT, ROOT, ROOT, 0644, TRUSTED},
    /* whose it is */
    {USER, USER, OTHER, OTHER, 0600, FOREIGN},
    {USER, USER, OTHER, USER, 0644, FOREIGN},
    {ROOT, ROOT, USER, USER, 0600, FOREIGN},
    /* who may write it */
    {USER, USER, USER, USER, 0602, OPEN_TO_ALL},
    {USER, USER, USER, USER, 0666, OPEN_TO_ALL},
    {USER, USER, ROOT, ROOT, 0646, OPEN_TO_ALL},
    {ROOT, ROOT, ROOT, ROOT, 0777, OPEN_TO_ALL},
    {USER, USER, USER, OTHER_GROUP, 0620, OPEN_TO_GROUP},
    {USER, OTHER_GROUP, USER, OTHER_GROUP, 0664, OPEN_TO_GROUP},
    {USER, OTHER_GROUP, USER, USER, 0664, OPEN_TO_GROUP},
    {USER, USER, ROOT, USER, 0664, OPEN_TO_GROUP},
    {USER, USER, ROOT, OTHER_GROUP, 0664, OPEN_TO_GROUP},
    {USER, USER, USER, OTHER_GROUP, 0644, TRUSTED},
    /* a group of one's own, as a umask of 002 wants it */
    {USER, USER, USER, USER, 0664, TRUSTED},
    {USER, USER, ROOT, ROOT, 0664, TRUSTED},
    {ROOT, ROOT, ROOT, ROOT, 0664, TRUSTED},
};

static void test_owner_and_mode_decide_what_is_trusted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct stat st = {
            .st_uid = cases[i].owner,
            .st_gid = cases[i].owning_group,
            .st_mode = S_IFREG | cases[i].mode,
        };
        const char *refusal = NULL;

        libc_user = cases[i].user;
        libc_group = cases[i].group;
        refusal = fileperm_refusal(&st);
        if (!cases[i].refusal && refusal)
            fail_msg("case %zu: %s", i, refusal);
        if (cases[i].refusal) {
            assert_non_null(refusal);
            assert_string_equal(refusal, cases[i].refusal);
        }
    }
}

static int open_with_mode(struct files *files, mode_t mode, struct stat *ret_st)
{
    const char *path = files_path(files, "file");
    int fd;

    /* Only root opens what is there with any mode. */
    (void)unlink(path);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(fstat(fd, ret_st), 0);
    return fd;
}

static void test_a_file_of_ones_own_is_made_private(void **state)
{
    static const mode_t modes[] = {0600, 0400, 0640, 0604, 0620, 0602, 0666};

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        bool open = (modes[i] & 077) != 0;
        bool changed = !open;
        struct stat st;
        int fd = open_with_mode(*state, modes[i], &st);

        libc_user = st.st_uid;
        assert_null(fileperm_make_private(fd, &st, &changed));
        assert_int_equal(changed, open);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode & 07777, open ? 0600 : modes[i]);
        close(fd);
    }
}

static void test_a_file_of_others_is_not_made_private(void **state)
{
    static const mode_t modes[] = {0600, 0666};

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        bool changed = true;
        struct stat st;
        int fd = open_with_mode(*state, modes[i], &st);

        libc_user = st.st_uid + 1;
        assert_string_equal(fileperm_make_private(fd, &st, &changed),
            "belongs to another user: name a file of your own");
        assert_false(changed);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode & 07777, modes[i]);
        close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_owner_and_mode_decide_what_is_trusted),
        FILES_TEST(test_a_file_of_ones_own_is_made_private),
        FILES_TEST(test_a_file_of_others_is_not_made_private),
    };

    return cmocka_run_group_tests_name("fileperm", tests, NULL, NULL);
}
