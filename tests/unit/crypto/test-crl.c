/* SPDX-License-Identifier: Apache-2.0 */
/* What one list says of one certificate: every kind of list. */
#include <openssl/err.h>
#include "crypto/crl.h"
#include "crypto/crl_result.h"
#include "tests/unit/crypto/fixture.h"

#define EQUAL_NAMED 2

static struct pki_cert leaf;

/* A fresh list of the leaf's distribution point that names another. */
static struct pki_list fresh(void)
{
    return fixture_list(POINT, OTHER);
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
    pki_write(folder, "list", made, NULL);
    return look_up_in(fixture_path("list"), who);
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

static void test_a_fresh_list_without_it_says_good(void **state)
{
    struct pki_list list = fresh();
    struct revocation revocation = look_up(&list);

    assert_int_equal(revocation.status, REVOCATION_GOOD);
    assert_true(revocation.next_update == list.next_update);
    list.entries[0].serial = NULL;
    assert_status(&list, REVOCATION_GOOD);
}

static void test_each_reason_revokes(void **state)
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

    for (i = 0; i < COUNT(reasons); i++) {
        struct pki_list list = fresh();
        struct revocation revocation;

        list.entries[1] = (struct pki_entry){SERIAL, reasons[i].reason};
        revocation = look_up(&list);
        assert_int_equal(revocation.status, REVOCATION_REVOKED);
        assert_string_equal(
            revocation_reason(revocation.reason)->name, reasons[i].name);
        assert_true(revocation.revoked_at == PKI_NOW - 30 * PKI_DAY);
        assert_true(
            strlen(revocation_reason(revocation.reason)->meaning.en) > 9);
    }
}

/* What a list takes back JPKI never gives back. */
static void test_remove_from_crl(void **state)
{
    struct pki_list list = fresh();

    list.entries[1] = (struct pki_entry){SERIAL, 8};
    assert_status(&list, REVOCATION_UNKNOWN);
    list.entries[2] = (struct pki_entry){SERIAL, -1};
    assert_status(&list, REVOCATION_REVOKED);
    list.entries[2] = list.entries[1];
    list.entries[1] = (struct pki_entry){SERIAL, 6};
    assert_status(&list, REVOCATION_REVOKED);
}

/* Dates, kind and scope decide over "good"; an entry revokes all the same. */
static void test_only_good_needs_a_whole_and_fresh_list(void **state)
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

    for (i = 0; i < COUNT(cases); i++) {
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

static void fill(struct pki_list *lists, size_t count)
{
    while (count-- > 0)
        lists[count] = fresh();
}

/* What each list says without and with an entry for the leaf. */
static void assert_statuses(struct pki_list *lists, size_t count,
    enum revocation_status unnamed, enum revocation_status named)
{
    size_t i;

    for (i = 0; i < count; i++) {
        assert_status(&lists[i], unnamed);
        lists[i].entries[0] = (struct pki_entry){SERIAL, 3};
        assert_status(&lists[i], named);
    }
}

/* Others' lists say nothing, even if they name the number. */
static void test_lists_of_others_say_nothing(void **state)
{
    struct pki_list lists[10];

    fill(lists, COUNT(lists));
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
    assert_statuses(
        lists, COUNT(lists), REVOCATION_UNKNOWN, REVOCATION_UNKNOWN);
}

static void test_lists_of_wider_scope_count(void **state)
{
    struct pki_list lists[5];

    fill(lists, COUNT(lists));
    lists[0].point = NULL;
    lists[1].only_users = true;
    lists[2].named = -1;
    lists[3].point = NULL;
    lists[3].only_users = true;
    lists[4].digest = "SHA512";
    assert_statuses(lists, COUNT(lists), REVOCATION_GOOD, REVOCATION_REVOKED);
}

static void test_a_certificate_without_a_point_needs_a_list_without(
    void **state)
{
    struct pki_cert plain = pki_leaf(crypto, CA, SERIAL, NULL);
    struct pki_list list = fresh();

    assert_int_equal(look_up_for(&list, &plain).status, REVOCATION_UNKNOWN);
    list.point = NULL;
    assert_int_equal(look_up_for(&list, &plain).status, REVOCATION_GOOD);
}

/* RFC 5280 6.3.3 (d): such a list may revoke, but makes nothing good. */
static void test_a_point_for_some_reasons_says_nothing_good(void **state)
{
    struct pki_cert partial = pki_partial_leaf(crypto, CA, SERIAL, POINT);
    struct pki_list list = fresh();

    assert_int_equal(look_up_for(&list, &partial).status, REVOCATION_UNKNOWN);
    list.entries[0].serial = SERIAL;
    assert_int_equal(look_up_for(&list, &partial).status, REVOCATION_REVOKED);
}

#define ENTRY(...)                                                           \
    0x30, 15 + sizeof((uint8_t[]){__VA_ARGS__}), __VA_ARGS__, 0x17, 13, '2', \
        '6', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z'
#define OURS 0x02, 3, 0x01, 0xe2, 0x40
#define PADDED 0x02, 2, 0x00, 0x01

#define ENTRIES(...) 0x30, sizeof((uint8_t[]){__VA_ARGS__}), __VA_ARGS__

static bool finds_ours(
    const uint8_t *der, size_t len, struct revocation *ret_entry)
{
    static const uint8_t serial[] = {OURS};
    ASN1_STRING *entries = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
    bool sound;

    assert_int_equal(ASN1_STRING_set(entries, der, (int)len), 1);
    sound = crl_find_entry(entries, serial, sizeof serial, ret_entry);
    ASN1_STRING_free(entries);
    return sound;
}

/* A CA's mistake over one certificate takes no other's revocation away. */
static void test_a_malformed_entry_hides_no_other(void **state)
{
    static const uint8_t padded[] = {ENTRIES(ENTRY(PADDED))};
    static const uint8_t broken[] = {ENTRIES(ENTRY(PADDED), 0x30, 0x7f)};
    static const uint8_t first[] = {ENTRIES(ENTRY(PADDED), ENTRY(OURS))};
    static const uint8_t last[] = {ENTRIES(ENTRY(OURS), ENTRY(PADDED))};
    static const uint8_t cut[] = {ENTRIES(ENTRY(OURS), 0x30, 0x7f)};
    struct revocation entry;

    assert_false(finds_ours(padded, sizeof padded, &entry));
    assert_false(finds_ours(broken, sizeof broken, &entry));
    assert_true(finds_ours(first, sizeof first, &entry));
    assert_int_equal(entry.status, REVOCATION_REVOKED);
    assert_true(finds_ours(last, sizeof last, &entry));
    assert_int_equal(entry.status, REVOCATION_REVOKED);
    assert_true(finds_ours(cut, sizeof cut, &entry));
    assert_int_equal(entry.status, REVOCATION_REVOKED);
}

/* Neighbours in value and in length are others. */
static void test_serial_numbers_are_compared_whole(void **state)
{
    static const char *const serials[] = {
        "E240", "01E2", "01E24000", "0001E241", "81E240", "0101E240"};
    size_t i;

    for (i = 0; i < COUNT(serials); i++) {
        struct pki_list list = fresh();

        list.entries[0].serial = serials[i];
        assert_status(&list, REVOCATION_GOOD);
        list.entries[1] = (struct pki_entry){SERIAL, 1};
        assert_status(&list, REVOCATION_REVOKED);
    }
}

static void test_no_cut_or_changed_list_says_good(void **state)
{
    struct pki_list list = fresh();
    struct made made = pki_crl(&list);
    struct made cut = made;
    size_t i;

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

static void test_what_is_no_list_is_passed_over(void **state)
{
    static const char *const contents[] = {"", "garbage", "0", "0\x80",
        "0\x84\x7f\xff\xff\xff", "-----BEGIN X509 CRL-----\nMIIB\n"};
    size_t i;

    for (i = 0; i < COUNT(contents); i++) {
        fixture_put_text("list", contents[i]);
        assert_int_equal(
            look_up_in(fixture_path("list"), &leaf).status, REVOCATION_UNKNOWN);
    }
    assert_int_equal(
        look_up_bytes(&leaf.made, &leaf).status, REVOCATION_UNKNOWN);
    assert_int_equal(
        look_up_in(fixture_path("missing"), &leaf).status, REVOCATION_UNKNOWN);
    assert_int_equal(look_up_in("list/list", &leaf).status, REVOCATION_UNKNOWN);
}

static void test_host_errors_stay(void **state)
{
    struct pki_list list = fresh();

    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    list.digest = "SHA1";
    assert_status(&list, REVOCATION_UNKNOWN);
    test_what_is_no_list_is_passed_over(state);
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
    assert_int_equal(ERR_get_error(), 0);
}

static int set_up(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    leaf = pki_leaf(crypto, CA, SERIAL, POINT);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fresh_list_without_it_says_good),
        cmocka_unit_test(test_each_reason_revokes),
        cmocka_unit_test(test_remove_from_crl),
        cmocka_unit_test(test_only_good_needs_a_whole_and_fresh_list),
        cmocka_unit_test(test_lists_of_others_say_nothing),
        cmocka_unit_test(test_lists_of_wider_scope_count),
        cmocka_unit_test(
            test_a_certificate_without_a_point_needs_a_list_without),
        cmocka_unit_test(test_a_point_for_some_reasons_says_nothing_good),
        cmocka_unit_test(test_a_malformed_entry_hides_no_other),
        cmocka_unit_test(test_serial_numbers_are_compared_whole),
        cmocka_unit_test(test_no_cut_or_changed_list_says_good),
        cmocka_unit_test(test_what_is_no_list_is_passed_over),
        cmocka_unit_test(test_host_errors_stay),
    };

    return cmocka_run_group_tests(tests, set_up, fixture_close);
}
