/* SPDX-License-Identifier: Apache-2.0 */
/* What one list says of one certificate: every kind of list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/err.h>
#include "conf/log.h"
#include "crypto/crl.h"
#include "crypto/crl_parse.h"
#include "tests/unit/crypto/pki.h"

#define SERIAL "01E240"
#define OTHER "01E241"
#define POINT "Test-shi CRLDP"
#define CA 1
#define EQUAL_NAMED 2

static struct crypto *crypto;
static struct pki_cert ca;
static struct pki_cert leaf;
static char *folder;

/* A fresh list of the leaf's partition that names somebody else. */
static struct pki_list fresh(void)
{
    return (struct pki_list){
        .ca = CA,
        .named = CA,
        .point = POINT,
        .this_update = PKI_NOW - PKI_DAY,
        .next_update = PKI_NOW + PKI_DAY,
        .entries = {{OTHER, 1}},
    };
}

static struct revocation look_up_in(
    const char *path, const struct pki_cert *who)
{
    struct crl_store *store = NULL;
    struct revocation revocation;

    assert_int_equal(crl_store_new(crypto, path, &store), CRYPT_OK);
    crl_store_lookup(store, who->cert, ca.cert, PKI_NOW, &revocation);
    crl_store_free(store);
    if (revocation.status == REVOCATION_UNKNOWN)
        assert_non_null(revocation.why);
    return revocation;
}

static struct revocation look_up_bytes(
    const struct made *made, const struct pki_cert *who)
{
    char path[512];

    snprintf(path, sizeof path, "%s/list", folder);
    pki_write(folder, "list", made, NULL);
    return look_up_in(path, who);
}

static struct revocation look_up_for(
    const struct pki_list *list, const struct pki_cert *who)
{
    struct made made = pki_crl(list);
    struct revocation revocation = look_up_bytes(&made, who);

    made_free(&made);
    return revocation;
}

static struct revocation look_up(const struct pki_list *list)
{
    return look_up_for(list, &leaf);
}

static void assert_status(
    const struct pki_list *list, enum revocation_status status)
{
    assert_int_equal(look_up(list).status, status);
}

static void a_fresh_list_without_it_says_good(void **state)
{
    struct pki_list list = fresh();
    struct revocation revocation = look_up(&list);

    (void)state;
    assert_int_equal(revocation.status, REVOCATION_GOOD);
    assert_true(revocation.next_update == list.next_update);
    list.entries[0].serial = NULL;
    assert_status(&list, REVOCATION_GOOD);
}

static void each_reason_revokes(void **state)
{
    static const struct {
        int reason;
        const char *name;
    } reasons[] = {
        {0, "unspecified"},
        {1, "keyCompromise"},
        {2, "cACompromise"},
        {3, "affiliationChanged"},
        {4, "superseded"},
        {5, "cessationOfOperation"},
        {6, "certificateHold"},
        {9, "privilegeWithdrawn"},
        {10, "aACompromise"},
        {-1, "unspecified"}, /* none is written */
        {7, "unspecified"},  /* RFC 5280 leaves it out */
        {11, "unspecified"},
        {99, "unspecified"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct pki_list list = fresh();
        struct revocation revocation;

        list.entries[1] = (struct pki_entry){SERIAL, reasons[i].reason};
        revocation = look_up(&list);
        assert_int_equal(revocation.status, REVOCATION_REVOKED);
        assert_string_equal(
            revocation_reason_name(revocation.reason), reasons[i].name);
        assert_true(revocation.revoked_at == PKI_NOW - 30 * PKI_DAY);
        assert_true(strlen(revocation_reason_meaning(revocation.reason)) > 9);
    }
}

/* What a list takes back JPKI never gives back. */
static void remove_from_crl_is_neither(void **state)
{
    struct pki_list list = fresh();

    (void)state;
    list.entries[1] = (struct pki_entry){SERIAL, 8};
    assert_status(&list, REVOCATION_UNKNOWN);
    list.entries[2] = (struct pki_entry){SERIAL, -1};
    assert_status(&list, REVOCATION_REVOKED);
    list.entries[2] = list.entries[1];
    list.entries[1] = (struct pki_entry){SERIAL, 6};
    assert_status(&list, REVOCATION_REVOKED);
}

/* Dates, kind and scope decide over "good"; an entry revokes all the same. */
static void only_good_needs_a_whole_and_fresh_list(void **state)
{
    static const struct {
        int64_t this_update, next_update; /* seconds from now */
        bool delta, some_reasons;
        const char *unknown;
        enum revocation_status unnamed;
    } cases[] = {
        {-1, 1, false, false, NULL, REVOCATION_GOOD},
        {0, 1, false, false, NULL, REVOCATION_GOOD},
        {-1, 0, false, false, NULL, REVOCATION_GOOD},
        {1, 2, false, false, NULL, REVOCATION_UNKNOWN},
        {-2, -1, false, false, NULL, REVOCATION_UNKNOWN},
        {-1, -PKI_NOW, false, false, NULL, REVOCATION_UNKNOWN},
        {-1000000000, -900000000, false, false, NULL, REVOCATION_UNKNOWN},
        {-1, 1, true, false, NULL, REVOCATION_UNKNOWN},
        {-1, 1, false, true, NULL, REVOCATION_UNKNOWN},
        {-1, 1, false, false, "critical", REVOCATION_UNKNOWN},
        {-1, 1, false, false, "not critical", REVOCATION_GOOD},
        /* Beyond 2049 the times are of another type. */
        {-1, 900000000, false, false, NULL, REVOCATION_GOOD},
        {900000000, 900000001, false, false, NULL, REVOCATION_UNKNOWN},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pki_list list = fresh();

        list.this_update = PKI_NOW + cases[i].this_update;
        list.next_update = PKI_NOW + cases[i].next_update;
        list.delta = cases[i].delta;
        list.some_reasons = cases[i].some_reasons;
        list.unknown = cases[i].unknown;
        assert_status(&list, cases[i].unnamed);
        list.entries[0] = (struct pki_entry){SERIAL, 3};
        assert_status(&list, REVOCATION_REVOKED);
    }
}

/* Others' lists say nothing, even if they name the number. */
static void lists_of_others_say_nothing(void **state)
{
    struct pki_list lists[10];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        lists[i] = fresh();
    lists[0].ca = EQUAL_NAMED; /* forged: names the CA's key */
    lists[1].ca = lists[1].named = EQUAL_NAMED;
    lists[2].named = EQUAL_NAMED;
    lists[3].ca = EQUAL_NAMED;
    lists[3].named = -1;
    lists[4].point = "Other-shi CRLDP";
    lists[5].only_ca = true;
    lists[6].indirect = true;
    lists[7].attributes = true;
    lists[8].relative = true;
    lists[9].digest = "SHA1";
    for (i = 0; i < sizeof lists / sizeof *lists; i++) {
        assert_status(&lists[i], REVOCATION_UNKNOWN);
        lists[i].entries[0] = (struct pki_entry){SERIAL, 3};
        assert_status(&lists[i], REVOCATION_UNKNOWN);
    }
}

static void lists_of_wider_scope_count(void **state)
{
    struct pki_list lists[5];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        lists[i] = fresh();
    lists[0].point = NULL;
    lists[1].only_users = true;
    lists[2].named = -1;
    lists[3].point = NULL;
    lists[3].only_users = true;
    lists[4].digest = "SHA512";
    for (i = 0; i < sizeof lists / sizeof *lists; i++) {
        assert_status(&lists[i], REVOCATION_GOOD);
        lists[i].entries[0] = (struct pki_entry){SERIAL, 3};
        assert_status(&lists[i], REVOCATION_REVOKED);
    }
}

static void a_certificate_without_a_point_needs_a_list_without(void **state)
{
    struct pki_cert plain = pki_leaf(crypto, CA, SERIAL, NULL);
    struct pki_list list = fresh();

    (void)state;
    assert_int_equal(look_up_for(&list, &plain).status, REVOCATION_UNKNOWN);
    list.point = NULL;
    assert_int_equal(look_up_for(&list, &plain).status, REVOCATION_GOOD);
    pki_close(&plain);
}

/* RFC 5280 6.3.3 (d): such a list may revoke, but makes nothing good. */
static void a_point_for_some_reasons_says_nothing_good(void **state)
{
    struct pki_cert partial = pki_partial_leaf(crypto, CA, SERIAL, POINT);
    struct pki_list list = fresh();

    (void)state;
    assert_int_equal(look_up_for(&list, &partial).status, REVOCATION_UNKNOWN);
    list.entries[0].serial = SERIAL;
    assert_int_equal(look_up_for(&list, &partial).status, REVOCATION_REVOKED);
    pki_close(&partial);
}

#define ENTRY(...)                                                           \
    0x30, 15 + sizeof((uint8_t[]){__VA_ARGS__}), __VA_ARGS__, 0x17, 13, '2', \
        '6', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z'
#define OURS 0x02, 3, 0x01, 0xe2, 0x40
#define PADDED 0x02, 2, 0x00, 0x01

/* A CA's mistake over one certificate takes no other's revocation away. */
static void a_malformed_entry_hides_no_other(void **state)
{
    static const uint8_t serial[] = {OURS};
    static const uint8_t padded[] = {ENTRY(PADDED)};
    static const uint8_t first[] = {ENTRY(PADDED), ENTRY(OURS)};
    static const uint8_t last[] = {ENTRY(OURS), ENTRY(PADDED)};
    static const uint8_t broken[] = {ENTRY(OURS), 0x30, 0x7f};
    const struct der wanted = {serial, sizeof serial};
    struct crl_entry entry;

    (void)state;
    assert_false(
        crl_find_entry(&(struct crl_list){.entries = {padded, sizeof padded}},
            wanted, &entry));
    assert_true(crl_find_entry(
        &(struct crl_list){.entries = {first, sizeof first}}, wanted, &entry));
    assert_int_equal(entry.kind, CRL_ENTRY_REVOKED);
    assert_true(crl_find_entry(
        &(struct crl_list){.entries = {last, sizeof last}}, wanted, &entry));
    assert_int_equal(entry.kind, CRL_ENTRY_REVOKED);
    assert_true(
        crl_find_entry(&(struct crl_list){.entries = {broken, sizeof broken}},
            wanted, &entry));
    assert_int_equal(entry.kind, CRL_ENTRY_REVOKED);
}

/* Neighbours in value and in length are others. */
static void serial_numbers_are_compared_whole(void **state)
{
    static const char *const serials[] = {
        "E240", "01E2", "01E24000", "0001E241", "81E240", "0101E240"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof serials / sizeof *serials; i++) {
        struct pki_list list = fresh();

        list.entries[0].serial = serials[i];
        assert_status(&list, REVOCATION_GOOD);
        list.entries[1] = (struct pki_entry){SERIAL, 1};
        assert_status(&list, REVOCATION_REVOKED);
    }
}

static void no_cut_or_changed_list_says_good(void **state)
{
    struct pki_list list = fresh();
    struct made made = pki_crl(&list);
    struct made cut = made;
    size_t i;

    (void)state;
    for (cut.len = 0; cut.len < made.len; cut.len += 7)
        assert_int_equal(look_up_bytes(&cut, &leaf).status, REVOCATION_UNKNOWN);
    for (i = 0; i < made.len; i++) {
        made.der[i] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(
            look_up_bytes(&made, &leaf).status, REVOCATION_UNKNOWN);
        made.der[i] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(look_up_bytes(&made, &leaf).status, REVOCATION_GOOD);
    made_free(&made);
}

static void what_is_no_list_is_passed_over(void **state)
{
    static const char *const contents[] = {"", "garbage", "0", "0\x80",
        "0\x84\x7f\xff\xff\xff", "-----BEGIN X509 CRL-----\nMIIB\n"};
    char path[512];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof contents / sizeof *contents; i++) {
        struct made made = {
            (uint8_t *)OPENSSL_strdup(contents[i]), strlen(contents[i])};

        assert_int_equal(
            look_up_bytes(&made, &leaf).status, REVOCATION_UNKNOWN);
        made_free(&made);
    }
    assert_int_equal(
        look_up_bytes(&leaf.made, &leaf).status, REVOCATION_UNKNOWN);
    snprintf(path, sizeof path, "%s/missing", folder);
    assert_int_equal(look_up_in(path, &leaf).status, REVOCATION_UNKNOWN);
    assert_int_equal(look_up_in("list/list", &leaf).status, REVOCATION_UNKNOWN);
}

static void the_host_s_errors_stay(void **state)
{
    struct pki_list list = fresh();

    (void)state;
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    list.digest = "SHA1";
    assert_status(&list, REVOCATION_UNKNOWN);
    what_is_no_list_is_passed_over(state);
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
    assert_int_equal(ERR_get_error(), 0);
}

static int set_up(void **state)
{
    (void)state;
    if (crypto_new(&crypto) != CRYPT_OK ||
        log_open(LOG_LEVEL_WARN, "test-crl.log") != 0)
        return -1;
    ca = pki_ca(crypto, CA);
    leaf = pki_leaf(crypto, CA, SERIAL, POINT);
    folder = pki_make_folder();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pki_remove_folder(folder);
    pki_close(&leaf);
    pki_close(&ca);
    pki_free_keys();
    crypto_free(crypto);
    log_close();
    return remove("test-crl.log");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_list_without_it_says_good),
        cmocka_unit_test(each_reason_revokes),
        cmocka_unit_test(remove_from_crl_is_neither),
        cmocka_unit_test(only_good_needs_a_whole_and_fresh_list),
        cmocka_unit_test(lists_of_others_say_nothing),
        cmocka_unit_test(lists_of_wider_scope_count),
        cmocka_unit_test(a_certificate_without_a_point_needs_a_list_without),
        cmocka_unit_test(a_point_for_some_reasons_says_nothing_good),
        cmocka_unit_test(a_malformed_entry_hides_no_other),
        cmocka_unit_test(serial_numbers_are_compared_whole),
        cmocka_unit_test(no_cut_or_changed_list_says_good),
        cmocka_unit_test(what_is_no_list_is_passed_over),
        cmocka_unit_test(the_host_s_errors_stay),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
