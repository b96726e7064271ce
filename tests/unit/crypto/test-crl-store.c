/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders of lists, that come, change and go. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crl.h"
#include "tests/unit/crypto/fixture.h"

#define SECOND "01E242"
#define ELSEWHERE "Other-shi CRLDP"
#define NEXT_CA 2

static struct pki_cert next_ca, leaf, second, elsewhere, next_leaf;
static struct crl_store *store;

static enum revocation_status status_of(const struct pki_cert *who)
{
    const struct pki_cert *issuer = who == &next_leaf ? &next_ca : &ca;
    struct revocation revocation;

    crl_store_lookup(store, who->cert, issuer->cert, PKI_NOW, &revocation);
    return revocation.status;
}

static void assert_status(
    const struct pki_cert *who, enum revocation_status status)
{
    assert_int_equal(status_of(who), status);
}

static void put_naming(const char *name, const char *point, const char *serial)
{
    struct pki_list list = fixture_list(point, serial);

    fixture_put(name, &list);
}

static int open_store(void **state)
{
    return crl_store_new(crypto, folder, &store) == CRYPT_OK
               ? truncate(fixture_path(".log"), 0)
               : -1;
}

static int close_store(void **state)
{
    crl_store_free(store);
    fixture_empty();
    return 0;
}

static void test_lists_come_change_and_go(void **state)
{
    int i;

    assert_status(&leaf, REVOCATION_UNKNOWN);
    for (i = 0; i < 3; i++) {
        put_naming("list", POINT, OTHER);
        assert_status(&leaf, REVOCATION_GOOD);
        assert_status(&leaf, REVOCATION_GOOD);
        put_naming("list", POINT, SERIAL);
        assert_status(&leaf, REVOCATION_REVOKED);
        put_naming("list", ELSEWHERE, OTHER);
        assert_status(&leaf, REVOCATION_UNKNOWN);
        put_naming("another", POINT, OTHER);
        assert_status(&leaf, REVOCATION_GOOD);
        assert_int_equal(unlink(fixture_path("another")), 0);
        assert_status(&leaf, REVOCATION_UNKNOWN);
    }
}

/* Where it stands, with the mtime it had: nothing of the folder changes. */
static void write_over(const char *name, const struct pki_list *list)
{
    struct made made = pki_crl(list);
    struct stat st = {0};
    bool is_new = stat(fixture_path(name), &st) != 0;
    FILE *file = fopen(fixture_path(name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(made.der, 1, made.len, file), made.len);
    assert_int_equal(fclose(file), 0);
    if (!is_new)
        assert_int_equal(utimensat(AT_FDCWD, fixture_path(name),
                             (struct timespec[]){st.st_atim, st.st_mtim}, 0),
            0);
    made_free(&made);
}

/* The same file, the same length, at once and after a while. */
static void test_a_file_written_over_is_read_again(void **state)
{
    struct pki_list lists[] = {
        fixture_list(POINT, OTHER), fixture_list(POINT, SERIAL)};
    int i;

    for (i = 0; i < 8; i++) {
        write_over("list", &lists[i % 2]);
        assert_int_equal(
            status_of(&leaf), i % 2 ? REVOCATION_REVOKED : REVOCATION_GOOD);
        if (i >= 4)
            usleep(100000);
    }
}

static void test_the_worst_of_all_lists_counts(void **state)
{
    struct pki_list stale = fixture_list(POINT, OTHER);
    struct revocation revocation;

    stale.this_update -= 100 * PKI_DAY;
    stale.next_update -= 100 * PKI_DAY;
    fixture_put("b", &stale);
    assert_status(&leaf, REVOCATION_UNKNOWN);
    put_naming("c", POINT, OTHER);
    assert_status(&leaf, REVOCATION_GOOD);
    stale.entries[0] = (struct pki_entry){SERIAL, 6};
    fixture_put("a", &stale);
    assert_status(&leaf, REVOCATION_REVOKED);
    /* Of two that revoke the newer one tells the reason. */
    put_naming("d", POINT, SERIAL);
    fixture_put("e", &stale);
    crl_store_lookup(store, leaf.cert, ca.cert, PKI_NOW, &revocation);
    assert_int_equal(revocation.status, REVOCATION_REVOKED);
    assert_int_equal(revocation.reason, 3);
}

/* Of two that say good, the answer holds as long as the longer one. */
static void test_the_longest_good_answer_counts(void **state)
{
    struct pki_list list = fixture_list(POINT, OTHER);
    struct revocation revocation;
    int i;

    for (i = 1; i <= 3; i++) {
        char name[] = {(char)('a' + i * 2 % 3), '\0'};

        list.next_update = PKI_NOW + i * PKI_DAY;
        fixture_put(name, &list);
    }
    crl_store_lookup(store, leaf.cert, ca.cert, PKI_NOW, &revocation);
    assert_int_equal(revocation.status, REVOCATION_GOOD);
    assert_true(revocation.next_update == PKI_NOW + 3 * PKI_DAY);
}

static void test_several_cards_take_turns(void **state)
{
    struct pki_list list = fixture_list(POINT, OTHER);
    int i;

    put_naming("a", POINT, SECOND);
    put_naming("b", ELSEWHERE, SERIAL);
    list.ca = list.named = NEXT_CA;
    list.entries[0].serial = OTHER;
    fixture_put("c", &list);
    for (i = 0; i < 3; i++) {
        assert_status(&leaf, REVOCATION_GOOD);
        assert_status(&second, REVOCATION_REVOKED);
        assert_status(&elsewhere, REVOCATION_REVOKED);
        assert_status(&next_leaf, REVOCATION_GOOD);
    }
    put_naming("b", ELSEWHERE, OTHER);
    assert_status(&elsewhere, REVOCATION_GOOD);
    assert_status(&leaf, REVOCATION_GOOD);
}

static void put_pem(const char *name, const struct pki_list *list)
{
    struct made made = pki_crl(list);

    pki_write(folder, name, &made, "X509 CRL");
    made_free(&made);
}

static void append(const char *from, const char *to)
{
    char command[1200];

    snprintf(
        command, sizeof command, "cat %s/%s >>%s/%s", folder, from, folder, to);
    assert_int_equal(system(command), 0);
}

static void test_a_file_holds_several_in_der_or_pem(void **state)
{
    struct pki_list list = fixture_list(POINT, OTHER);
    struct pki_list other = fixture_list(ELSEWHERE, OTHER);

    put_pem(".pem", &list);
    put_pem(".other-pem", &other);
    fixture_put(".der", &list);
    fixture_put(".other-der", &other);
    fixture_put_text(".noise", "text\n");
    pki_write(folder, ".cert", &leaf.made, "CERTIFICATE");
    assert_status(&leaf, REVOCATION_UNKNOWN);
    append(".other-der", "der");
    assert_status(&leaf, REVOCATION_UNKNOWN);
    append(".der", "der");
    assert_status(&leaf, REVOCATION_GOOD);
    assert_status(&elsewhere, REVOCATION_GOOD);
    put_naming("der", "Third-shi CRLDP", OTHER);
    assert_status(&leaf, REVOCATION_UNKNOWN);
    append(".noise", "pem");
    append(".other-pem", "pem");
    append(".cert", "pem");
    append(".pem", "pem");
    assert_status(&leaf, REVOCATION_GOOD);
    assert_status(&elsewhere, REVOCATION_GOOD);
    assert_int_equal(fixture_logged("pem"), 0);
}

/* Each is named once in the log; the good list among them counts. */
static void test_unreadable_files_are_logged_and_passed_over(void **state)
{
    static const char *const named[] = {"/a-garbage:", "/z-garbage:",
        "/certificate:", "/fifo:", "/huge:", "/loop:", "/nowhere:"};
    size_t i;
    int fd;

    put_naming("m-good", POINT, OTHER);
    fixture_put_text("a-garbage", "garbage\n");
    fixture_put_text("z-garbage", "garbage\n");
    fixture_put_text(".hidden", "garbage\n");
    pki_write(folder, "certificate", &leaf.made, NULL);
    assert_int_equal(mkdir(fixture_path("folder"), 0700), 0);
    assert_int_equal(mkfifo(fixture_path("fifo"), 0600), 0);
    assert_int_equal(symlink("loop", fixture_path("loop")), 0);
    assert_int_equal(symlink("missing", fixture_path("nowhere")), 0);
    fd = open(fixture_path("huge"), O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(fd, (off_t)64 << 20), 0);
    close(fd);
    usleep(100000);
    for (i = 0; i < 3; i++)
        assert_status(&leaf, REVOCATION_GOOD);
    for (i = 0; i < COUNT(named); i++)
        assert_int_equal(fixture_logged(named[i]), 1);
    assert_int_equal(fixture_logged("hidden"), 0);
    assert_int_equal(fixture_logged("/folder:"), 0);
    put_naming("a-garbage", POINT, SERIAL);
    assert_status(&leaf, REVOCATION_REVOKED);
}

/* What stands before a broken part of a file counts. */
static void test_a_broken_end_spoils_only_itself(void **state)
{
    fixture_put_text(".garbage", "garbage\n");
    put_naming("list", POINT, OTHER);
    append(".garbage", "list");
    assert_status(&leaf, REVOCATION_GOOD);
    assert_true(fixture_logged("/list:") >= 1);
}

static void test_a_path_may_be_a_file_and_may_change_its_kind(void **state)
{
    crl_store_free(store);
    assert_int_equal(
        crl_store_new(crypto, fixture_path("path"), &store), CRYPT_OK);
    assert_status(&leaf, REVOCATION_UNKNOWN);
    assert_status(&leaf, REVOCATION_UNKNOWN);
    assert_int_equal(fixture_logged("No such file"), 1);
    put_naming("path", POINT, OTHER);
    assert_status(&leaf, REVOCATION_GOOD);
    put_naming("path", POINT, SERIAL);
    assert_status(&leaf, REVOCATION_REVOKED);
    assert_int_equal(unlink(fixture_path("path")), 0);
    assert_status(&leaf, REVOCATION_UNKNOWN);
    assert_int_equal(fixture_logged("No such file"), 2);
    assert_int_equal(mkdir(fixture_path("path"), 0700), 0);
    assert_status(&leaf, REVOCATION_UNKNOWN);
    put_naming(".list", POINT, OTHER);
    append(".list", "path/list");
    assert_status(&leaf, REVOCATION_GOOD);
    assert_int_equal(unlink(fixture_path("path/list")), 0);
    assert_int_equal(rmdir(fixture_path("path")), 0);
    put_naming("path", POINT, SERIAL);
    assert_status(&leaf, REVOCATION_REVOKED);
}

/* Also the one that gave no answer so far. */
static void test_a_change_of_any_file_is_noticed(void **state)
{
    struct pki_list elsewhere_list = fixture_list(ELSEWHERE, OTHER);
    struct pki_list revoking = fixture_list(POINT, SERIAL);
    int i;

    put_naming("good", POINT, OTHER);
    for (i = 0; i < 20; i++)
        put_naming((char[]){(char)('a' + i), '\0'}, ELSEWHERE, OTHER);
    usleep(100000);
    for (i = 0; i < 2; i++)
        assert_status(&leaf, REVOCATION_GOOD);
    write_over("k", &revoking);
    assert_status(&leaf, REVOCATION_REVOKED);
    write_over("k", &elsewhere_list);
    assert_status(&leaf, REVOCATION_GOOD);
}

static void *look_up_often(void *data)
{
    size_t i;

    for (i = 0; i < 200; i++) {
        struct revocation revocation;
        const struct pki_cert *who = i % 2 ? &leaf : &second;

        crl_store_lookup(store, who->cert, ca.cert, PKI_NOW, &revocation);
        if (revocation.status != (i % 2 ? REVOCATION_GOOD : REVOCATION_REVOKED))
            return NULL;
    }
    return data;
}

static void test_threads_may_all_look_up(void **state)
{
    pthread_t threads[4];
    size_t i;

    put_naming("list", POINT, SECOND);
    for (i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, look_up_often, store), 0);
    for (i = 0; i < 4; i++) {
        void *result = NULL;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, store);
    }
}

static int set_up(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    next_ca = pki_ca(crypto, NEXT_CA);
    leaf = pki_leaf(crypto, CA, SERIAL, POINT);
    second = pki_leaf(crypto, CA, SECOND, POINT);
    elsewhere = pki_leaf(crypto, CA, SERIAL, ELSEWHERE);
    next_leaf = pki_leaf(crypto, NEXT_CA, SECOND, POINT);
    return 0;
}

#define ON_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, open_store, close_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FOLDER(test_lists_come_change_and_go),
        ON_FOLDER(test_a_file_written_over_is_read_again),
        ON_FOLDER(test_the_worst_of_all_lists_counts),
        ON_FOLDER(test_the_longest_good_answer_counts),
        ON_FOLDER(test_several_cards_take_turns),
        ON_FOLDER(test_a_file_holds_several_in_der_or_pem),
        ON_FOLDER(test_unreadable_files_are_logged_and_passed_over),
        ON_FOLDER(test_a_broken_end_spoils_only_itself),
        ON_FOLDER(test_a_path_may_be_a_file_and_may_change_its_kind),
        ON_FOLDER(test_a_change_of_any_file_is_noticed),
        ON_FOLDER(test_threads_may_all_look_up),
    };

    return cmocka_run_group_tests(tests, set_up, fixture_close);
}
