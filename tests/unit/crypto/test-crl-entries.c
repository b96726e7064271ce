/* SPDX-License-Identifier: Apache-2.0 */
/* What a folder of lists may hold beside plain files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include "crypto/crl.h"
#include "tests/unit/crypto/pki.h"

#define CA 1
#define POINT "Test-shi CRLDP"

static struct crypto *crypto;
static struct pki_cert ca, leaf;
static char *folder;

static const char *path_of(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put_list(const char *name)
{
    struct pki_list list = {
        .ca = CA,
        .named = CA,
        .point = POINT,
        .this_update = PKI_NOW - PKI_DAY,
        .next_update = PKI_NOW + PKI_DAY,
    };
    struct made made = pki_crl(&list);

    pki_write(folder, name, &made, NULL);
    made_free(&made);
}

static enum revocation_status look_up(void)
{
    struct crl_store *store = NULL;
    struct revocation revocation;

    assert_int_equal(crl_store_new(crypto, folder, &store), CRYPT_OK);
    crl_store_lookup(store, leaf.cert, ca.cert, PKI_NOW, &revocation);
    crl_store_free(store);
    return revocation.status;
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

    (void)state;
    assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
    make_socket(path_of("socket"));
    assert_int_equal(symlink("/dev/null", path_of("device")), 0);
    assert_int_equal(symlink("fifo", path_of("link-to-fifo")), 0);
    if (notes < 0 || inotify_add_watch(notes, folder, IN_OPEN) < 0)
        skip();
    assert_int_equal(look_up(), REVOCATION_UNKNOWN);
    assert_false(was_opened(notes, "fifo"));
    put_list("list");
    assert_int_equal(look_up(), REVOCATION_GOOD);
    assert_true(was_opened(notes, "list"));
    close(notes);
}

/* As a folder that others keep up may consist of. */
static void test_links_to_plain_files_are_followed(void **state)
{
    (void)state;
    assert_int_equal(look_up(), REVOCATION_UNKNOWN);
    put_list(".list");
    assert_int_equal(look_up(), REVOCATION_UNKNOWN);
    assert_int_equal(symlink(".list", path_of("link")), 0);
    assert_int_equal(look_up(), REVOCATION_GOOD);
}

static int make_folder(void **state)
{
    (void)state;
    folder = pki_make_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    pki_remove_folder(folder);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    if (crypto_new(&crypto) != CRYPT_OK)
        return -1;
    ca = pki_ca(crypto, CA);
    leaf = pki_leaf(crypto, CA, "01E240", POINT);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pki_close(&ca);
    pki_close(&leaf);
    pki_free_keys();
    crypto_free(crypto);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_only_plain_files_are_opened, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(
            test_links_to_plain_files_are_followed, make_folder, remove_folder),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
