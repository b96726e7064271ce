/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders of lists, that come, change and go. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include "conf/log.h"
#include "crypto/crl.h"
#include "tests/unit/crypto/pki.h"

#define SERIAL "01E240"
#define SECOND "01E242"
#define OTHER "01E241"
#define POINT "Test-shi CRLDP"
#define ELSEWHERE "Other-shi CRLDP"
#define CA 1
#define NEXT_CA 2
#define LOG "test-crl-store.log"

static struct crypto *crypto;
static struct pki_cert ca, next_ca, leaf, second, elsewhere, next_leaf;

struct fixture {
    char *folder;
    struct crl_store *store;
};

static struct crl_store *open_store(const char *path)
{
    struct crl_store *store = NULL;

    assert_int_equal(crl_store_new(crypto, path, &store), CRYPT_OK);
    return store;
}

static enum revocation_status status_of(
    struct crl_store *store, const struct pki_cert *who)
{
    const struct pki_cert *issuer = who == &next_leaf ? &next_ca : &ca;
    struct revocation revocation;

    crl_store_lookup(store, who->cert, issuer->cert, PKI_NOW, &revocation);
    return revocation.status;
}

static struct pki_list list_of(const char *point, const char *serial)
{
    return (struct pki_list){
        .ca = CA,
        .named = CA,
        .point = point,
        .this_update = PKI_NOW - PKI_DAY,
        .next_update = PKI_NOW + PKI_DAY,
        .entries = {{serial, 3}},
    };
}

static void put(const char *folder, const char *name,
    const struct pki_list *list, const char *pem_label)
{
    struct made made = pki_crl(list);

    pki_write(folder, name, &made, pem_label);
    made_free(&made);
}

static void put_naming(
    const char *folder, const char *name, const char *point, const char *serial)
{
    struct pki_list list = list_of(point, serial);

    put(folder, name, &list, NULL);
}

/* How many lines the log has that hold TEXT. */
static int logged(const char *text)
{
    FILE *file = fopen(LOG, "r");
    char line[2048];
    int count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        count += strstr(line, text) != NULL;
    fclose(file);
    return count;
}

static int open_folder(void **state)
{
    static struct fixture fixture;

    fixture.folder = pki_make_folder();
    fixture.store = open_store(fixture.folder);
    *state = &fixture;
    return truncate(LOG, 0);
}

static int close_folder(void **state)
{
    struct fixture *fixture = *state;

    crl_store_free(fixture->store);
    pki_remove_folder(fixture->folder);
    return 0;
}

static void lists_come_change_and_go(void **state)
{
    struct fixture *at = *state;
    char path[512];
    int i;

    assert_int_equal(status_of(at->store, &leaf), REVOCATION_UNKNOWN);
    for (i = 0; i < 3; i++) {
        put_naming(at->folder, "list", POINT, OTHER);
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
        put_naming(at->folder, "list", POINT, SERIAL);
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_REVOKED);
        put_naming(at->folder, "list", ELSEWHERE, OTHER);
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_UNKNOWN);
        put_naming(at->folder, "another", POINT, OTHER);
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
        snprintf(path, sizeof path, "%s/another", at->folder);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_UNKNOWN);
    }
}

/* Where it stands, which changes nothing of the folder. */
static void write_over(const char *path, const struct pki_list *list)
{
    struct made made = pki_crl(list);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(made.der, 1, made.len, file), made.len);
    assert_int_equal(fclose(file), 0);
    made_free(&made);
}

/* The same file, the same length, at once and after a while. */
static void a_file_written_over_is_read_again(void **state)
{
    struct fixture *at = *state;
    struct pki_list lists[] = {list_of(POINT, OTHER), list_of(POINT, SERIAL)};
    char path[512];
    int i;

    snprintf(path, sizeof path, "%s/list", at->folder);
    for (i = 0; i < 8; i++) {
        write_over(path, &lists[i % 2]);
        assert_int_equal(status_of(at->store, &leaf),
            i % 2 ? REVOCATION_REVOKED : REVOCATION_GOOD);
        if (i >= 4)
            usleep(100000);
    }
}

static void the_worst_of_all_lists_counts(void **state)
{
    struct fixture *at = *state;
    struct pki_list stale = list_of(POINT, OTHER);
    struct revocation revocation;

    stale.this_update -= 100 * PKI_DAY;
    stale.next_update -= 100 * PKI_DAY;
    put(at->folder, "b", &stale, NULL);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_UNKNOWN);
    put_naming(at->folder, "c", POINT, OTHER);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
    stale.entries[0] = (struct pki_entry){SERIAL, 6};
    put(at->folder, "a", &stale, NULL);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_REVOKED);
    /* Of two that revoke the newer one tells the reason. */
    put_naming(at->folder, "d", POINT, SERIAL);
    put(at->folder, "e", &stale, NULL);
    crl_store_lookup(at->store, leaf.cert, ca.cert, PKI_NOW, &revocation);
    assert_int_equal(revocation.status, REVOCATION_REVOKED);
    assert_int_equal(revocation.reason, 3);
}

/* Of two that say good, the answer holds as long as the longer one. */
static void the_longest_good_answer_counts(void **state)
{
    struct fixture *at = *state;
    struct pki_list list = list_of(POINT, OTHER);
    struct revocation revocation;
    int i;

    for (i = 1; i <= 3; i++) {
        char name[] = {(char)('a' + i * 2 % 3), '\0'};

        list.next_update = PKI_NOW + i * PKI_DAY;
        put(at->folder, name, &list, NULL);
    }
    crl_store_lookup(at->store, leaf.cert, ca.cert, PKI_NOW, &revocation);
    assert_int_equal(revocation.status, REVOCATION_GOOD);
    assert_true(revocation.next_update == PKI_NOW + 3 * PKI_DAY);
}

static void several_cards_take_turns(void **state)
{
    struct fixture *at = *state;
    struct pki_list list = list_of(POINT, OTHER);
    int i;

    put_naming(at->folder, "a", POINT, SECOND);
    put_naming(at->folder, "b", ELSEWHERE, SERIAL);
    list.ca = list.named = NEXT_CA;
    list.entries[0].serial = OTHER;
    put(at->folder, "c", &list, NULL);
    for (i = 0; i < 3; i++) {
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
        assert_int_equal(status_of(at->store, &second), REVOCATION_REVOKED);
        assert_int_equal(status_of(at->store, &elsewhere), REVOCATION_REVOKED);
        assert_int_equal(status_of(at->store, &next_leaf), REVOCATION_GOOD);
    }
    put_naming(at->folder, "b", ELSEWHERE, OTHER);
    assert_int_equal(status_of(at->store, &elsewhere), REVOCATION_GOOD);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
}

static void append(const char *folder, const char *from, const char *to)
{
    char command[1200];

    snprintf(
        command, sizeof command, "cat %s/%s >>%s/%s", folder, from, folder, to);
    assert_int_equal(system(command), 0);
}

static void a_file_holds_several_in_der_or_pem(void **state)
{
    struct fixture *at = *state;
    struct pki_list list = list_of(POINT, OTHER);
    struct pki_list other = list_of(ELSEWHERE, OTHER);
    struct made noise = {(uint8_t *)OPENSSL_strdup("text\n"), 5};

    put(at->folder, ".pem", &list, "X509 CRL");
    put(at->folder, ".other-pem", &other, "X509 CRL");
    put(at->folder, ".der", &list, NULL);
    put(at->folder, ".other-der", &other, NULL);
    pki_write(at->folder, ".noise", &noise, NULL);
    pki_write(at->folder, ".cert", &leaf.made, "CERTIFICATE");
    made_free(&noise);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_UNKNOWN);
    append(at->folder, ".other-der", "der");
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_UNKNOWN);
    append(at->folder, ".der", "der");
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
    assert_int_equal(status_of(at->store, &elsewhere), REVOCATION_GOOD);
    put_naming(at->folder, "der", "Third-shi CRLDP", OTHER);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_UNKNOWN);
    append(at->folder, ".noise", "pem");
    append(at->folder, ".other-pem", "pem");
    append(at->folder, ".cert", "pem");
    append(at->folder, ".pem", "pem");
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
    assert_int_equal(status_of(at->store, &elsewhere), REVOCATION_GOOD);
    assert_int_equal(logged("pem"), 0);
}

/* Each is named once in the log; the good list among them counts. */
static void unreadable_files_are_logged_and_passed_over(void **state)
{
    struct fixture *at = *state;
    struct made garbage = {(uint8_t *)OPENSSL_strdup("garbage\n"), 8};
    char path[512];
    int i;

    put_naming(at->folder, "m-good", POINT, OTHER);
    pki_write(at->folder, "a-garbage", &garbage, NULL);
    pki_write(at->folder, "z-garbage", &garbage, NULL);
    pki_write(at->folder, ".hidden", &garbage, NULL);
    pki_write(at->folder, "certificate", &leaf.made, NULL);
    made_free(&garbage);
    snprintf(path, sizeof path, "%s/folder", at->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/fifo", at->folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/loop", at->folder);
    assert_int_equal(symlink("loop", path), 0);
    snprintf(path, sizeof path, "%s/nowhere", at->folder);
    assert_int_equal(symlink("missing", path), 0);
    snprintf(path, sizeof path, "%s/huge", at->folder);
    i = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(i, (off_t)64 << 20), 0);
    close(i);
    usleep(100000);
    for (i = 0; i < 3; i++)
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
    assert_int_equal(logged("/a-garbage "), 1);
    assert_int_equal(logged("/z-garbage "), 1);
    assert_int_equal(logged("/certificate "), 1);
    assert_int_equal(logged("/fifo "), 1);
    assert_int_equal(logged("/huge "), 1);
    assert_int_equal(logged("/loop "), 1);
    assert_int_equal(logged("/nowhere "), 1);
    assert_int_equal(logged("hidden"), 0);
    assert_int_equal(logged("/folder "), 0);
    put_naming(at->folder, "a-garbage", POINT, SERIAL);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_REVOKED);
}

/* What stands before a broken part of a file counts. */
static void a_broken_end_spoils_only_itself(void **state)
{
    struct fixture *at = *state;
    struct made garbage = {(uint8_t *)OPENSSL_strdup("garbage\n"), 8};

    pki_write(at->folder, ".garbage", &garbage, NULL);
    made_free(&garbage);
    put_naming(at->folder, "list", POINT, OTHER);
    append(at->folder, ".garbage", "list");
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
    assert_true(logged("/list ") >= 1);
}

static void a_path_may_be_a_file_and_may_change_its_kind(void **state)
{
    struct fixture *at = *state;
    struct crl_store *store = NULL;
    char path[256];
    char moved[256];

    snprintf(path, sizeof path, "%s/path", at->folder);
    snprintf(moved, sizeof moved, "%s/path/list", at->folder);
    store = open_store(path);
    assert_int_equal(status_of(store, &leaf), REVOCATION_UNKNOWN);
    assert_int_equal(status_of(store, &leaf), REVOCATION_UNKNOWN);
    assert_int_equal(logged("No such file"), 1);
    put_naming(at->folder, "path", POINT, OTHER);
    assert_int_equal(status_of(store, &leaf), REVOCATION_GOOD);
    put_naming(at->folder, "path", POINT, SERIAL);
    assert_int_equal(status_of(store, &leaf), REVOCATION_REVOKED);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(status_of(store, &leaf), REVOCATION_UNKNOWN);
    assert_int_equal(logged("No such file"), 2);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(status_of(store, &leaf), REVOCATION_UNKNOWN);
    put_naming(path, "list", POINT, OTHER);
    assert_int_equal(status_of(store, &leaf), REVOCATION_GOOD);
    assert_int_equal(unlink(moved), 0);
    assert_int_equal(rmdir(path), 0);
    put_naming(at->folder, "path", POINT, SERIAL);
    assert_int_equal(status_of(store, &leaf), REVOCATION_REVOKED);
    crl_store_free(store);
}

/* Also the one that gave no answer so far. */
static void a_change_of_any_file_is_noticed(void **state)
{
    struct fixture *at = *state;
    struct pki_list elsewhere_list = list_of(ELSEWHERE, OTHER);
    struct pki_list revoking = list_of(POINT, SERIAL);
    char path[512];
    int i;

    put_naming(at->folder, "good", POINT, OTHER);
    for (i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "%d", i);
        put(at->folder, path, &elsewhere_list, NULL);
    }
    usleep(100000);
    for (i = 0; i < 2; i++)
        assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
    snprintf(path, sizeof path, "%s/%d", at->folder, 13);
    write_over(path, &revoking);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_REVOKED);
    write_over(path, &elsewhere_list);
    assert_int_equal(status_of(at->store, &leaf), REVOCATION_GOOD);
}

static void *look_up_often(void *data)
{
    struct crl_store *store = data;
    size_t i;

    for (i = 0; i < 200; i++) {
        struct revocation revocation;
        const struct pki_cert *who = i % 2 ? &leaf : &second;

        crl_store_lookup(store, who->cert, ca.cert, PKI_NOW, &revocation);
        if (revocation.status != (i % 2 ? REVOCATION_GOOD : REVOCATION_REVOKED))
            return NULL;
    }
    return store;
}

static void threads_may_all_look_up(void **state)
{
    struct fixture *at = *state;
    pthread_t threads[4];
    size_t i;

    put_naming(at->folder, "list", POINT, SECOND);
    for (i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, look_up_often, at->store), 0);
    for (i = 0; i < 4; i++) {
        void *result = NULL;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, at->store);
    }
}

static int set_up(void **state)
{
    (void)state;
    if (crypto_new(&crypto) != CRYPT_OK || log_open(LOG_LEVEL_WARN, LOG) != 0)
        return -1;
    ca = pki_ca(crypto, CA);
    next_ca = pki_ca(crypto, NEXT_CA);
    leaf = pki_leaf(crypto, CA, SERIAL, POINT);
    second = pki_leaf(crypto, CA, SECOND, POINT);
    elsewhere = pki_leaf(crypto, CA, SERIAL, ELSEWHERE);
    next_leaf = pki_leaf(crypto, NEXT_CA, SECOND, POINT);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pki_close(&ca);
    pki_close(&next_ca);
    pki_close(&leaf);
    pki_close(&second);
    pki_close(&elsewhere);
    pki_close(&next_leaf);
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
        ON_FOLDER(lists_come_change_and_go),
        ON_FOLDER(a_file_written_over_is_read_again),
        ON_FOLDER(the_worst_of_all_lists_counts),
        ON_FOLDER(the_longest_good_answer_counts),
        ON_FOLDER(several_cards_take_turns),
        ON_FOLDER(a_file_holds_several_in_der_or_pem),
        ON_FOLDER(unreadable_files_are_logged_and_passed_over),
        ON_FOLDER(a_broken_end_spoils_only_itself),
        ON_FOLDER(a_path_may_be_a_file_and_may_change_its_kind),
        ON_FOLDER(a_change_of_any_file_is_noticed),
        ON_FOLDER(threads_may_all_look_up),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
