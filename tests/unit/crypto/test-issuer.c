/* SPDX-License-Identifier: Apache-2.0 */
/* Which CA certificates count, and which certificates are under them. */
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/x509v3.h>
#include "crypto/trust.h"
#include "tests/unit/crypto/fixture.h"

/* Keys: 1 to 3 are generations of one CA, 4 is of another CA. */
#define GENERATIONS 3
#define FOREIGN 4

static struct pki_cert cas[PKI_KEYS], leaves[PKI_KEYS];

const uint8_t *__real_cert_field(
    const struct cert *cert, enum cert_field field, size_t *ret_len);
const uint8_t *__wrap_cert_field(
    const struct cert *cert, enum cert_field field, size_t *ret_len);

/* The certificate that has the digest of this row of the built-in list. */
static const struct made *published;
static const uint8_t *published_as;

static bool is_published(const struct cert *cert)
{
    size_t len = 0;
    const uint8_t *der = __real_cert_field(cert, CERT_DER, &len);

    return published && len == published->len &&
           memcmp(der, published->der, len) == 0;
}

const uint8_t *__wrap_cert_field(
    const struct cert *cert, enum cert_field field, size_t *ret_len)
{
    const uint8_t *bytes = __real_cert_field(cert, field, ret_len);
    if (field == CERT_SHA256 && is_published(cert))
        return published_as;
    return bytes;
}

static struct trust_store *new_store(void)
{
    struct trust_store *store = NULL;

    assert_int_equal(trust_store_new(crypto, &store), CRYPT_OK);
    return store;
}

static enum crypt_err add(struct trust_store *store, const char *name)
{
    return trust_store_add_file(store, fixture_path(name));
}

/* Joins the files named, NULL-terminated, to another. */
static void join(const char *name, const char *const *parts)
{
    struct made made = {OPENSSL_malloc(1 << 16), 0};
    size_t i;

    for (i = 0; parts[i]; i++) {
        FILE *file = fopen(fixture_path(parts[i]), "rb");

        assert_non_null(file);
        made.len += fread(made.der + made.len, 1, 1 << 14, file);
        fclose(file);
    }
    pki_write(folder, name, &made, NULL);
    made_free(&made);
}

static enum trust_kind find(const struct trust_store *store, int leaf,
    const struct pki_cert *card_ca, const struct cert **ret_issuer)
{
    *ret_issuer = NULL;
    return trust_find_issuer(
        store, leaves[leaf].cert, card_ca ? card_ca->cert : NULL, ret_issuer);
}

static void test_nobody_is_trusted_by_default(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;
    int i;

    for (i = 1; i < PKI_KEYS; i++) {
        assert_int_equal(find(store, i, NULL, &issuer), TRUST_NONE);
        /* What lies on the card proves nothing by lying there. */
        assert_int_equal(find(store, i, &cas[i], &issuer), TRUST_NONE);
        assert_null(issuer);
    }
    trust_store_free(store);
}

static void test_each_generation_answers_for_its_own(void **state)
{
    static const char *const names[] = {NULL, "1.der", "2.der", "3.der"};
    const struct cert *issuer = NULL;
    int i;
    int j;

    for (i = 1; i <= GENERATIONS; i++) {
        struct trust_store *store = new_store();

        assert_int_equal(add(store, names[i]), CRYPT_OK);
        for (j = 1; j < PKI_KEYS; j++) {
            issuer = NULL;
            assert_int_equal(find(store, j, &cas[j], &issuer),
                i == j ? TRUST_CONFIGURED : TRUST_NONE);
            assert_int_equal(issuer != NULL, i == j);
        }
        trust_store_free(store);
    }
}

static void assert_all_generations(struct trust_store *store)
{
    int j;

    for (j = 1; j < PKI_KEYS; j++) {
        const struct cert *issuer = NULL;
        size_t len = 0;
        size_t other = 0;

        assert_int_equal(find(store, j, &cas[j % GENERATIONS + 1], &issuer),
            j <= GENERATIONS ? TRUST_CONFIGURED : TRUST_NONE);
        if (j > GENERATIONS)
            continue;
        assert_memory_equal(cert_field(issuer, CERT_KEY_ID, &len),
            cert_field(cas[j].cert, CERT_KEY_ID, &other), 20);
    }
}

static void test_files_may_hold_several_in_der_and_pem(void **state)
{
    struct trust_store *store = new_store();

    join("all.der", (const char *const[]){"1.der", "2.der", "3.der", NULL});
    assert_int_equal(add(store, "all.der"), CRYPT_OK);
    assert_all_generations(store);
    trust_store_free(store);

    fixture_put_text("text", "Certificate:\n    Data:\n");
    fixture_put_text(
        "key.pem", "-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n");
    join("all.pem", (const char *const[]){"text", "1.pem", "key.pem", "2.pem",
                        "text", "3.pem", NULL});
    store = new_store();
    assert_int_equal(add(store, "all.pem"), CRYPT_OK);
    assert_all_generations(store);
    trust_store_free(store);

    store = new_store();
    assert_int_equal(add(store, "2.pem"), CRYPT_OK);
    assert_int_equal(add(store, "3.der"), CRYPT_OK);
    assert_int_equal(add(store, "1.pem"), CRYPT_OK);
    assert_all_generations(store);
    trust_store_free(store);
}

static void test_other_files_change_nothing(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;

    fixture_put_text("empty", "");
    fixture_put_text("garbage", "garbage");
    fixture_put_text("cut", "0\x82\x05");
    fixture_put_text("text", "no PEM here\n");
    join("trailing", (const char *const[]){"1.der", "garbage", NULL});
    join("half.pem", (const char *const[]){"1.pem", "key.pem", NULL});
    fixture_put_text("begun.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    join("begun-after.pem", (const char *const[]){"1.pem", "begun.pem", NULL});
    join("leaf", (const char *const[]){"1.der", "leaf.der", NULL});
    assert_int_equal(add(store, "missing"), CRYPT_FAILED);
    assert_int_equal(add(store, "."), CRYPT_MALFORMED);
    assert_int_equal(add(store, "empty"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "garbage"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "cut"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "text"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "key.pem"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "trailing"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "begun.pem"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "begun-after.pem"), CRYPT_MALFORMED);
    assert_int_equal(add(store, "leaf"), CRYPT_UNSUPPORTED);
    assert_int_equal(find(store, 1, NULL, &issuer), TRUST_NONE);
    trust_store_free(store);
    /* Each is named in the log, with what is wrong. */
    assert_true(fixture_logged("/missing: cannot be read"));
    assert_true(fixture_logged("/garbage: no CA certificate in this file"));
    assert_true(fixture_logged("/key.pem: no CA certificate in this file"));
    assert_true(fixture_logged("/trailing: something in this file is not a"));
    assert_true(
        fixture_logged("/leaf: a certificate in this file is not a CA's"));
}

/* Key identifier and signature are both needed. */
static void test_one_of_two_is_not_enough(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;
    struct recipe named = {
        .key = pki_key(0),
        .signer = pki_key(FOREIGN),
        .authority_key_id = pki_key_id(1),
    };
    struct recipe signed_only = {.key = pki_key(0), .signer = pki_key(1)};
    struct recipe misnamed = {
        .key = pki_key(0),
        .signer = pki_key(1),
        .authority_key_id = pki_key_id(2),
    };
    struct recipe weak = {
        .key = pki_key(0),
        .signer = pki_key(1),
        .authority_key_id = pki_key_id(1),
        .digest = "SHA1",
    };
    const struct recipe *recipes[] = {&named, &signed_only, &misnamed, &weak};
    size_t i;

    assert_int_equal(add(store, "1.der"), CRYPT_OK);
    for (i = 0; i < COUNT(recipes); i++) {
        struct pki_cert cert = pki_open(crypto, maker_certificate(recipes[i]));

        assert_int_equal(
            trust_find_issuer(store, cert.cert, NULL, &issuer), TRUST_NONE);
        pki_close(&cert);
    }
    trust_store_free(store);
}

static void test_files_of_j_lis_can_be_configured(void **state)
{
    static const char *const files[] = {"jpki-sign01.der", "jpki-sign03.der"};
    struct trust_store *store = new_store();
    size_t i;

    for (i = 0; i < COUNT(files); i++) {
        struct made made = maker_read_ca(files[i]);

        pki_write(folder, files[i], &made, NULL);
        made_free(&made);
        assert_int_equal(add(store, files[i]), CRYPT_OK);
    }
    trust_store_free(store);
}

/* What it says decides over signatures. */
static void test_a_file_that_others_may_write_is_not_trusted(void **state)
{
    static const mode_t modes[] = {0602, 0606, 0666};
    struct trust_store *store = new_store();
    size_t i;

    pki_write(folder, "open.der", &cas[1].made, NULL);
    for (i = 0; i < COUNT(modes); i++) {
        assert_int_equal(chmod(fixture_path("open.der"), modes[i]), 0);
        assert_int_equal(add(store, "open.der"), CRYPT_FAILED);
    }
    assert_true(fixture_logged("open.der: writable by others: run chmod go-w"));
    assert_int_equal(chmod(fixture_path("open.der"), 0644), 0);
    assert_int_equal(add(store, "open.der"), CRYPT_OK);
    trust_store_free(store);
}

static void test_a_file_of_another_user_is_not_trusted(void **state)
{
    struct trust_store *store = new_store();

    pki_write(folder, "foreign.der", &cas[1].made, NULL);
    if (chown(fixture_path("foreign.der"), 1, (gid_t)-1) != 0 ||
        geteuid() == 1) {
        trust_store_free(store);
        skip();
    }
    assert_int_equal(add(store, "foreign.der"), CRYPT_FAILED);
    assert_true(fixture_logged("foreign.der: belongs to another user: "));
    trust_store_free(store);
}

/*
 * No test has the key of a published CA, so one of the tests' takes its place:
 * its digest comes out as that of the built-in list.
 */
static void test_a_published_ca_is_known_by_its_digest(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;
    size_t i;

    published = &cas[1].made;
    for (i = 0; i < PUBLISHED_CAS; i++) {
        published_as = maker_published[i];
        assert_int_equal(find(store, 1, &cas[1], &issuer), TRUST_PUBLISHED);
        assert_ptr_equal(issuer, cas[1].cert);
        assert_int_equal(find(store, 2, &cas[1], &issuer), TRUST_NONE);
        assert_int_equal(find(store, 1, NULL, &issuer), TRUST_NONE);
    }
    /* The wrong generation lies on the card, or a CA that is not listed. */
    assert_int_equal(add(store, "2.der"), CRYPT_OK);
    assert_int_equal(find(store, 2, &cas[1], &issuer), TRUST_CONFIGURED);
    assert_int_equal(find(store, 3, &cas[3], &issuer), TRUST_NONE);
    /* A file does not make it less than it is. */
    assert_int_equal(add(store, "1.der"), CRYPT_OK);
    assert_int_equal(find(store, 1, NULL, &issuer), TRUST_PUBLISHED);
    published = NULL;
    trust_store_free(store);
}

/* Each list is for its own kind of certificate. */
static void test_the_ca_of_an_authentication_certificate(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;
    size_t i;

    assert_false(trust_is_auth_chain(leaves[1].cert, cas[1].cert));
    published = &cas[1].made;
    for (i = 0; i < PUBLISHED_CAS; i++) {
        published_as = maker_published_auth[i];
        assert_true(trust_is_auth_chain(leaves[1].cert, cas[1].cert));
        assert_false(trust_is_auth_chain(leaves[2].cert, cas[1].cert));
        assert_false(trust_is_auth_chain(leaves[2].cert, cas[2].cert));
        assert_int_equal(find(store, 1, &cas[1], &issuer), TRUST_NONE);
        published_as = maker_published[i];
        assert_false(trust_is_auth_chain(leaves[1].cert, cas[1].cert));
    }
    published = NULL;
    trust_store_free(store);
}

static void test_is_configured_wherever_it_lies(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;

    assert_int_equal(add(store, "1.der"), CRYPT_OK);
    /* Nothing on the card; the right one; the wrong generation; no CA. */
    assert_int_equal(find(store, 1, NULL, &issuer), TRUST_CONFIGURED);
    assert_int_equal(find(store, 1, &cas[1], &issuer), TRUST_CONFIGURED);
    assert_ptr_not_equal(issuer, cas[1].cert);
    assert_int_equal(find(store, 1, &cas[2], &issuer), TRUST_CONFIGURED);
    assert_int_equal(find(store, 1, &leaves[2], &issuer), TRUST_CONFIGURED);
    trust_store_free(store);
}

static int set_up(void **state)
{
    static const char *const der[] = {"0", "1.der", "2.der", "3.der", "4.der"};
    static const char *const pem[] = {"0", "1.pem", "2.pem", "3.pem", "4.pem"};
    int i;

    if (fixture_open(state) != 0)
        return -1;
    for (i = 1; i < PKI_KEYS; i++) {
        cas[i] = pki_ca(crypto, i);
        leaves[i] = pki_leaf(crypto, i, "01", NULL);
        pki_write(folder, der[i], &cas[i].made, NULL);
        pki_write(folder, pem[i], &cas[i].made, "CERTIFICATE");
    }
    pki_write(folder, "leaf.der", &leaves[1].made, NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_is_trusted_by_default),
        cmocka_unit_test(test_each_generation_answers_for_its_own),
        cmocka_unit_test(test_files_may_hold_several_in_der_and_pem),
        cmocka_unit_test(test_other_files_change_nothing),
        cmocka_unit_test(test_one_of_two_is_not_enough),
        cmocka_unit_test(test_files_of_j_lis_can_be_configured),
        cmocka_unit_test(test_a_file_that_others_may_write_is_not_trusted),
        cmocka_unit_test(test_a_file_of_another_user_is_not_trusted),
        cmocka_unit_test(test_a_published_ca_is_known_by_its_digest),
        cmocka_unit_test(test_the_ca_of_an_authentication_certificate),
        cmocka_unit_test(test_is_configured_wherever_it_lies),
    };

    return cmocka_run_group_tests(tests, set_up, fixture_close);
}
