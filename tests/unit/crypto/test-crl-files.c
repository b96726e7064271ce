/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a folder of lists may hold beside plain files; and that a moment's
 * shortage on the host hides no revocation that was known.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf/words.h"
#include "crypto/crl.h"
#include "tests/unit/crypto/fixture.h"

struct dirent *__real_readdir(DIR *from);
struct dirent *__real_readdir64(DIR *from);
struct dirent *__wrap_readdir(DIR *from);
struct dirent *__wrap_readdir64(DIR *from);

static bool fails;

static struct dirent *no_entry(void)
{
    errno = EIO;
    return NULL;
}

struct dirent *__wrap_readdir(DIR *from)
{
    return fails ? no_entry() : __real_readdir(from);
}

/* The same function under glibc's other name. */
struct dirent *__wrap_readdir64(DIR *from)
{
    return fails ? no_entry() : __real_readdir64(from);
}

static struct pki_cert first, second;
static struct crl_store *store;

static enum revocation_status status_of(const struct pki_cert *who)
{
    struct revocation revocation;

    crl_store_lookup(store, who->cert, ca.cert, PKI_NOW, &revocation);
    return revocation.status;
}

/* A list that names SERIAL, in a file of this NAME. */
static void put(const char *name, const char *serial)
{
    struct pki_list list = fixture_list(NULL, serial);

    fixture_put(name, &list);
}

static void make_socket(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(strlen(path) < sizeof name.sun_path);
    strcpy(name.sun_path, path);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    close(fd);
}

/*
 * Takes what was opened in the folder since the last time off NOTES: true when
 * an entry of this NAME was.
 */
static bool was_opened(int notes, const char *name)
{
    _Alignas(struct inotify_event) char events[4096];
    ssize_t len = read(notes, events, sizeof events);
    const char *at = events;
    bool found = false;

    while (len > 0 && at < events + len) {
        const struct inotify_event *event = (const void *)at;

        found = found || (event->len > 0 && strcmp(event->name, name) == 0);
        at += sizeof *event + event->len;
    }
    return found;
}

/* To open a device or a FIFO may do something, if only to wake its writer. */
static void test_only_plain_files_are_opened(void **state)
{
    int notes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    assert_int_equal(mkfifo(fixture_path("fifo"), 0600), 0);
    make_socket(fixture_path("socket"));
    assert_int_equal(symlink("/dev/null", fixture_path("device")), 0);
    assert_int_equal(symlink("fifo", fixture_path("link-to-fifo")), 0);
    if (notes < 0 || inotify_add_watch(notes, folder, IN_OPEN) < 0)
        skip();
    assert_int_equal(status_of(&first), REVOCATION_UNKNOWN);
    assert_false(was_opened(notes, "fifo"));
    put("list", OTHER);
    assert_int_equal(status_of(&first), REVOCATION_GOOD);
    assert_true(was_opened(notes, "list"));
    close(notes);
}

/* As a folder that others keep up may consist of. */
static void test_links_to_plain_files_are_followed(void **state)
{
    assert_int_equal(status_of(&first), REVOCATION_UNKNOWN);
    put(".list", OTHER);
    assert_int_equal(status_of(&first), REVOCATION_UNKNOWN);
    assert_int_equal(symlink(".list", fixture_path("link")), 0);
    assert_int_equal(status_of(&first), REVOCATION_GOOD);
}

/* So that as many more files may be opened. */
static void limit_files(unsigned more, struct rlimit *ret_before)
{
    struct rlimit limit;
    int lowest = dup(STDERR_FILENO);

    assert_true(lowest >= 0);
    assert_int_equal(close(lowest), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, ret_before), 0);
    limit = *ret_before;
    limit.rlim_cur = (rlim_t)lowest + more;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void look_with_descriptors(unsigned more)
{
    struct rlimit before;
    enum revocation_status status;

    put("one", SERIAL);
    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    put("one", SERIAL);
    limit_files(more, &before);
    status = status_of(&first);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, REVOCATION_REVOKED);
}

static void test_no_descriptor_for_the_folder(void **state)
{
    look_with_descriptors(0);
}

static void test_no_descriptor_for_the_file(void **state)
{
    look_with_descriptors(1);
}

/* The last answer stands, and no list of an unknown number says "good". */
static void test_a_folder_that_cannot_be_listed(void **state)
{
    put("one", SERIAL);
    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    put("two", "01E242");
    fails = true;
    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    assert_int_equal(status_of(&second), REVOCATION_UNKNOWN);
    fails = false;
    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    assert_int_equal(status_of(&second), REVOCATION_REVOKED);
}

/* What the log says of a file that is no list. */
static void test_is_told_in_either_language(void **state)
{
    static const char garbage[] = "no list\n";
    static const struct {
        const char *locale, *text;
    } rows[] = {
        {"C", "/garbage: holds something that is not a CRL"},
        {"ja_JP.UTF-8", "/garbage: 失効リストではないものが含まれています"},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        FILE *file = fopen(fixture_path("garbage"), "w");

        assert_non_null(file);
        /* Not twice the same, which is told once. */
        assert_true(fprintf(file, "%zu %s", i, garbage) > 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(setenv("LC_ALL", rows[i].locale, 1), 0);
        words_choose_language();
        assert_int_equal(status_of(&first), REVOCATION_UNKNOWN);
        assert_int_equal(fixture_logged(rows[i].text), 1);
    }
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    words_choose_language();
}

static int open_store(void **state)
{
    fails = false;
    return crl_store_new(crypto, folder, &store) == CRYPT_OK ? 0 : -1;
}

static int close_store(void **state)
{
    crl_store_free(store);
    fixture_empty();
    return 0;
}

static int set_up(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    first = pki_leaf(crypto, CA, SERIAL, NULL);
    second = pki_leaf(crypto, CA, "01E242", NULL);
    return 0;
}

#define ON_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, open_store, close_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FOLDER(test_only_plain_files_are_opened),
        ON_FOLDER(test_links_to_plain_files_are_followed),
        ON_FOLDER(test_no_descriptor_for_the_folder),
        ON_FOLDER(test_no_descriptor_for_the_file),
        ON_FOLDER(test_a_folder_that_cannot_be_listed),
        ON_FOLDER(test_is_told_in_either_language),
    };

    return cmocka_run_group_tests(tests, set_up, fixture_close);
}
