/* SPDX-License-Identifier: Apache-2.0 */
/* Which CA certificates count, and which certificates are under them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/x509v3.h>
#include "conf/log.h"
#include "crypto/trust.h"
#include "tests/unit/crypto/pki.h"

/* Keys: 1 to 3 are generations of one CA, 4 belongs to somebody else. */
#define GENERATIONS 3
#define FOREIGN 4

struct world {
    struct crypto *crypto;
    char *folder;
    struct pki_cert cas[PKI_KEYS];
    struct pki_cert leaves[PKI_KEYS];
};

static struct world world;

const uint8_t *__real_cert_field(
    const struct cert *cert, enum cert_field field, size_t *ret_len);
const uint8_t *__wrap_cert_field(
    const struct cert *cert, enum cert_field field, size_t *ret_len);

/* The certificate that has the digest of this row of the built-in list. */
static const struct made *published;
static size_t published_as;

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
        return maker_published[published_as];
    return bytes;
}

static struct trust_store *new_store(void)
{
    struct trust_store *store = NULL;

    assert_int_equal(trust_store_new(world.crypto, &store), CRYPT_OK);
    return store;
}

static enum crypt_err add(struct trust_store *store, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", world.folder, name);
    return trust_store_add_file(store, path);
}

static void write_text(const char *name, const char *text)
{
    struct made made = {(uint8_t *)OPENSSL_strdup(text), strlen(text)};

    pki_write(world.folder, name, &made, NULL);
    made_free(&made);
}

/* Joins the files named, NULL-terminated, to another. */
static void join(const char *name, const char *const *parts)
{
    struct made made = {OPENSSL_malloc(1 << 16), 0};
    char path[512];
    size_t i;

    for (i = 0; parts[i]; i++) {
        FILE *file = NULL;

        snprintf(path, sizeof path, "%s/%s", world.folder, parts[i]);
        file = fopen(path, "rb");
        assert_non_null(file);
        made.len += fread(made.der + made.len, 1, 1 << 14, file);
        fclose(file);
    }
    pki_write(world.folder, name, &made, NULL);
    made_free(&made);
}

static bool is_logged(const char *text)
{
    FILE *file = fopen("test-issuer.log", "r");
    char line[2048];
    bool found = false;

    assert_non_null(file);
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, text) != NULL;
    fclose(file);
    return found;
}

static void nobody_is_trusted_by_default(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;
    int i;

    (void)state;
    for (i = 1; i < PKI_KEYS; i++) {
        assert_int_equal(
            trust_find_issuer(store, world.leaves[i].cert, NULL, &issuer),
            TRUST_NONE);
        /* What lies on the card proves nothing by lying there. */
        assert_int_equal(trust_find_issuer(store, world.leaves[i].cert,
                             world.cas[i].cert, &issuer),
            TRUST_NONE);
        assert_null(issuer);
    }
    trust_store_free(store);
}

static void each_generation_answers_for_its_own(void **state)
{
    static const char *const names[] = {NULL, "1.der", "2.der", "3.der"};
    const struct cert *issuer = NULL;
    int i;
    int j;

    (void)state;
    for (i = 1; i <= GENERATIONS; i++) {
        struct trust_store *store = new_store();

        assert_int_equal(add(store, names[i]), CRYPT_OK);
        for (j = 1; j < PKI_KEYS; j++) {
            issuer = NULL;
            assert_int_equal(trust_find_issuer(store, world.leaves[j].cert,
                                 world.cas[j].cert, &issuer),
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

        assert_int_equal(trust_find_issuer(store, world.leaves[j].cert,
                             world.cas[j % GENERATIONS + 1].cert, &issuer),
            j <= GENERATIONS ? TRUST_CONFIGURED : TRUST_NONE);
        if (j > GENERATIONS)
            continue;
        assert_memory_equal(cert_field(issuer, CERT_KEY_ID, &len),
            cert_field(world.cas[j].cert, CERT_KEY_ID, &other), 20);
    }
}

static void files_may_hold_several_in_der_and_pem(void **state)
{
    struct trust_store *store = new_store();

    (void)state;
    join("all.der", (const char *const[]){"1.der", "2.der", "3.der", NULL});
    assert_int_equal(add(store, "all.der"), CRYPT_OK);
    assert_all_generations(store);
    trust_store_free(store);

    write_text("text", "Certificate:\n    Data:\n");
    write_text("key.pem", "-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n");
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

static void other_files_change_nothing(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;

    (void)state;
    write_text("empty", "");
    write_text("garbage", "garbage");
    write_text("cut", "0\x82\x05");
    write_text("text", "no PEM here\n");
    join("trailing", (const char *const[]){"1.der", "garbage", NULL});
    join("half.pem", (const char *const[]){"1.pem", "key.pem", NULL});
    write_text("begun.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
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
    assert_int_equal(
        trust_find_issuer(store, world.leaves[1].cert, NULL, &issuer),
        TRUST_NONE);
    trust_store_free(store);
    /* Each is named in the log, with what is wrong. */
    assert_true(is_logged("/missing: cannot be read"));
    assert_true(is_logged("/garbage: no CA certificate in this file"));
    assert_true(is_logged("/key.pem: no CA certificate in this file"));
    assert_true(is_logged("/trailing: something in this file is not a"));
    assert_true(is_logged("/leaf: a certificate in this file is not a CA's"));
}

/* Key identifier and signature are both needed. */
static void one_of_two_is_not_enough(void **state)
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

    (void)state;
    assert_int_equal(add(store, "1.der"), CRYPT_OK);
    for (i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        struct pki_cert cert =
            pki_open(world.crypto, maker_certificate(recipes[i]));

        assert_int_equal(
            trust_find_issuer(store, cert.cert, NULL, &issuer), TRUST_NONE);
        pki_close(&cert);
    }
    trust_store_free(store);
}

static void files_of_j_lis_can_be_configured(void **state)
{
    static const char *const files[] = {"jpki-sign01.der", "jpki-sign03.der"};
    struct trust_store *store = new_store();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof files / sizeof *files; i++) {
        struct made made = maker_read_ca(files[i]);

        pki_write(world.folder, files[i], &made, NULL);
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
    char path[512];
    size_t i;

    (void)state;
    snprintf(path, sizeof path, "%s/%s", world.folder, "open.der");
    pki_write(world.folder, "open.der", &world.cas[1].made, NULL);
    for (i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(add(store, "open.der"), CRYPT_FAILED);
    }
    assert_true(is_logged("open.der: writable by others: run chmod go-w"));
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(add(store, "open.der"), CRYPT_OK);
    trust_store_free(store);
}

static void test_a_file_of_another_user_is_not_trusted(void **state)
{
    struct trust_store *store = new_store();
    char path[512];

    (void)state;
    snprintf(path, sizeof path, "%s/%s", world.folder, "foreign.der");
    pki_write(world.folder, "foreign.der", &world.cas[1].made, NULL);
    if (chown(path, 1, (gid_t)-1) != 0 || geteuid() == 1) {
        trust_store_free(store);
        skip();
    }
    assert_int_equal(add(store, "foreign.der"), CRYPT_FAILED);
    assert_true(is_logged("foreign.der: belongs to another user: "));
    trust_store_free(store);
}

/*
 * No test has the key of a published CA, so one of the tests' takes its place:
 * its digest comes out as that of the built-in list.
 */
static void a_published_ca_is_known_by_its_digest(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;
    size_t i;

    (void)state;
    published = &world.cas[1].made;
    for (i = 0; i < PUBLISHED_CAS; i++) {
        published_as = i;
        assert_int_equal(trust_find_issuer(store, world.leaves[1].cert,
                             world.cas[1].cert, &issuer),
            TRUST_PUBLISHED);
        assert_ptr_equal(issuer, world.cas[1].cert);
        assert_int_equal(trust_find_issuer(store, world.leaves[2].cert,
                             world.cas[1].cert, &issuer),
            TRUST_NONE);
        assert_int_equal(
            trust_find_issuer(store, world.leaves[1].cert, NULL, &issuer),
            TRUST_NONE);
    }
    /* The wrong generation lies on the card, or a CA that is not listed. */
    assert_int_equal(add(store, "2.der"), CRYPT_OK);
    assert_int_equal(trust_find_issuer(store, world.leaves[2].cert,
                         world.cas[1].cert, &issuer),
        TRUST_CONFIGURED);
    assert_int_equal(trust_find_issuer(store, world.leaves[3].cert,
                         world.cas[3].cert, &issuer),
        TRUST_NONE);
    /* A file does not make it less than it is. */
    assert_int_equal(add(store, "1.der"), CRYPT_OK);
    assert_int_equal(
        trust_find_issuer(store, world.leaves[1].cert, NULL, &issuer),
        TRUST_PUBLISHED);
    published = NULL;
    trust_store_free(store);
}

static void is_configured_wherever_it_lies(void **state)
{
    struct trust_store *store = new_store();
    const struct cert *issuer = NULL;

    (void)state;
    assert_int_equal(add(store, "1.der"), CRYPT_OK);
    /* Nothing on the card; the right one; the wrong generation; no CA. */
    assert_int_equal(
        trust_find_issuer(store, world.leaves[1].cert, NULL, &issuer),
        TRUST_CONFIGURED);
    assert_int_equal(trust_find_issuer(store, world.leaves[1].cert,
                         world.cas[1].cert, &issuer),
        TRUST_CONFIGURED);
    assert_ptr_not_equal(issuer, world.cas[1].cert);
    assert_int_equal(trust_find_issuer(store, world.leaves[1].cert,
                         world.cas[2].cert, &issuer),
        TRUST_CONFIGURED);
    assert_int_equal(trust_find_issuer(store, world.leaves[1].cert,
                         world.leaves[2].cert, &issuer),
        TRUST_CONFIGURED);
    trust_store_free(store);
}

static int set_up(void **state)
{
    static const char *const der[] = {"0", "1.der", "2.der", "3.der", "4.der"};
    static const char *const pem[] = {"0", "1.pem", "2.pem", "3.pem", "4.pem"};
    int i;

    (void)state;
    if (crypto_new(&world.crypto) != CRYPT_OK ||
        log_open(LOG_LEVEL_WARN, "test-issuer.log") != 0)
        return -1;
    world.folder = pki_make_folder();
    for (i = 1; i < PKI_KEYS; i++) {
        world.cas[i] = pki_ca(world.crypto, i);
        world.leaves[i] = pki_leaf(world.crypto, i, "01", NULL);
        pki_write(world.folder, der[i], &world.cas[i].made, NULL);
        pki_write(world.folder, pem[i], &world.cas[i].made, "CERTIFICATE");
    }
    pki_write(world.folder, "leaf.der", &world.leaves[1].made, NULL);
    return 0;
}

static int tear_down(void **state)
{
    int i;

    (void)state;
    for (i = 1; i < PKI_KEYS; i++) {
        pki_close(&world.cas[i]);
        pki_close(&world.leaves[i]);
    }
    pki_remove_folder(world.folder);
    pki_free_keys();
    crypto_free(world.crypto);
    log_close();
    return remove("test-issuer.log");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_trusted_by_default),
        cmocka_unit_test(each_generation_answers_for_its_own),
        cmocka_unit_test(files_may_hold_several_in_der_and_pem),
        cmocka_unit_test(other_files_change_nothing),
        cmocka_unit_test(one_of_two_is_not_enough),
        cmocka_unit_test(files_of_j_lis_can_be_configured),
        cmocka_unit_test(test_a_file_that_others_may_write_is_not_trusted),
        cmocka_unit_test(test_a_file_of_another_user_is_not_trusted),
        cmocka_unit_test(a_published_ca_is_known_by_its_digest),
        cmocka_unit_test(is_configured_wherever_it_lies),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
