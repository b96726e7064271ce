/* SPDX-License-Identifier: Apache-2.0 */
/* What the host lacks for a moment hides no revocation that was known. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>
#include "conf/log.h"
#include "crypto/crl.h"
#include "tests/unit/crypto/pki.h"

#define CA 1
#define LOG "test-crl-shortage.log"

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

static struct crypto *crypto;
static struct pki_cert ca, first, second;
static char *folder;
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
    struct pki_list list = {
        .ca = CA,
        .named = CA,
        .only_users = true,
        .this_update = PKI_NOW - PKI_DAY,
        .next_update = PKI_NOW + PKI_DAY,
        .entries = {{serial, 3}},
    };
    struct made made = pki_crl(&list);

    pki_write(folder, name, &made, NULL);
    made_free(&made);
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

    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    put("one", "01E240");
    limit_files(more, &before);
    status = status_of(&first);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, REVOCATION_REVOKED);
}

static void no_descriptor_for_the_folder(void **state)
{
    (void)state;
    look_with_descriptors(0);
}

static void no_descriptor_for_the_file(void **state)
{
    (void)state;
    look_with_descriptors(1);
}

/* The last answer stands, and no list of an unknown number says "good". */
static void a_folder_that_cannot_be_listed(void **state)
{
    (void)state;
    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    put("two", "01E242");
    fails = true;
    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    assert_int_equal(status_of(&second), REVOCATION_UNKNOWN);
    fails = false;
    assert_int_equal(status_of(&first), REVOCATION_REVOKED);
    assert_int_equal(status_of(&second), REVOCATION_REVOKED);
}

static int open_folder(void **state)
{
    (void)state;
    fails = false;
    folder = pki_make_folder();
    put("one", "01E240");
    return crl_store_new(crypto, folder, &store) == CRYPT_OK ? 0 : -1;
}

static int close_folder(void **state)
{
    (void)state;
    crl_store_free(store);
    pki_remove_folder(folder);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    if (crypto_new(&crypto) != CRYPT_OK || log_open(LOG_LEVEL_ERROR, LOG) != 0)
        return -1;
    ca = pki_ca(crypto, CA);
    first = pki_leaf(crypto, CA, "01E240", NULL);
    second = pki_leaf(crypto, CA, "01E242", NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pki_close(&ca);
    pki_close(&first);
    pki_close(&second);
    pki_free_keys();
    crypto_free(crypto);
    log_close();
    return remove(LOG);
}

#define ON_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FOLDER(no_descriptor_for_the_folder),
        ON_FOLDER(no_descriptor_for_the_file),
        ON_FOLDER(a_folder_that_cannot_be_listed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
