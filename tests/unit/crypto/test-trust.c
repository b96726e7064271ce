/* SPDX-License-Identifier: Apache-2.0 */
/* Against the certificates that J-LIS publishes, see tests/data/ca. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include "crypto/cert.h"
#include "crypto/digest.h"
#include "crypto/trust.h"
#include "tests/unit/crypto/maker.h"

static const struct file {
    const char *path;
    const char *listed; /* the row's name; NULL when there must be none */
    const char *serial;
} files[] = {
    {"jpki-sign01.der", "signca01", "01"},
    {"jpki-sign03.der", "signca03", "067C6A21"},
    {"jpki-auth01.der", NULL, "01"},
    {"jpki-auth03.der", NULL, "06D18006"},
};
#define FILES (sizeof files / sizeof *files)

struct ca {
    struct made made;
    struct cert *cert;
};

struct world {
    struct crypto *crypto;
    struct ca cas[FILES];
};

static int set_up(void **state)
{
    static struct world world;
    size_t i;

    *state = &world;
    if (crypto_new(&world.crypto) != CRYPT_OK)
        return -1;
    for (i = 0; i < FILES; i++) {
        struct ca *ca = &world.cas[i];

        ca->made = maker_read_ca(files[i].path);
        if (cert_parse(world.crypto, ca->made.der, ca->made.len, &ca->cert) !=
            CRYPT_OK)
            return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    size_t i;

    for (i = 0; i < FILES; i++) {
        cert_free(world->cas[i].cert);
        made_free(&world->cas[i].made);
    }
    crypto_free(world->crypto);
    return 0;
}

static const struct trust_ca *find_by_digest(
    const struct world *world, const struct made *made)
{
    uint8_t hash[DIGEST_MAX];
    size_t len = 0;
    size_t count = 0;
    const struct trust_ca *rows = trust_signing_cas(&count);
    size_t i;

    assert_int_equal(digest_once(world->crypto, DIGEST_SHA256, made->der,
                         made->len, hash, &len),
        CRYPT_OK);
    for (i = 0; i < count; i++)
        if (memcmp(rows[i].sha256, hash, sizeof rows[i].sha256) == 0)
            return &rows[i];
    return NULL;
}

static void signing_cas_are_listed_and_others_are_not(void **state)
{
    const struct world *world = *state;
    size_t i;

    for (i = 0; i < FILES; i++) {
        const struct trust_ca *row = find_by_digest(world, &world->cas[i].made);

        if (!files[i].listed) {
            assert_null(row);
            continue;
        }
        assert_non_null(row);
        assert_string_equal(row->name, files[i].listed);
    }
}

static void rows_say_what_the_certificates_say(void **state)
{
    const struct world *world = *state;
    size_t i;

    for (i = 0; i < FILES; i++) {
        const struct cert *cert = world->cas[i].cert;
        const struct trust_ca *row = find_by_digest(world, &world->cas[i].made);
        int64_t not_before = 0;
        int64_t not_after = 0;
        size_t len = 0;
        const uint8_t *key_id = cert_field(cert, CERT_KEY_ID, &len);

        if (!row)
            continue;
        cert_validity(cert, &not_before, &not_after);
        assert_true(row->not_before == not_before);
        assert_true(row->not_after == not_after);
        assert_int_equal(len, sizeof row->key_id);
        assert_memory_equal(key_id, row->key_id, sizeof row->key_id);
    }
}

/* What no file at hand can confirm: three rows, oldest first, ten years each.
 */
static void generations_overlap_in_order(void **state)
{
    size_t count = 0;
    const struct trust_ca *rows = trust_signing_cas(&count);
    size_t i;

    (void)state;
    assert_int_equal(count, 3);
    for (i = 0; i < count; i++) {
        int64_t days = (rows[i].not_after - rows[i].not_before) / 86400;

        assert_in_range(days, 3650, 3653);
        /* The last second of a day in Japan. */
        assert_int_equal((rows[i].not_after + 1 + 9 * 3600) % 86400, 0);
        if (i > 0) {
            assert_true(rows[i - 1].not_before < rows[i].not_before);
            assert_true(rows[i].not_before < rows[i - 1].not_after);
        }
    }
}

/* JPKI's key identifiers are method (1) of RFC 5280 4.2.1.2. */
static void key_id_is_the_digest_of_the_key(void **state)
{
    const struct world *world = *state;
    size_t i;

    for (i = 0; i < FILES; i++) {
        X509 *x509 = maker_open(&world->cas[i].made);
        const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x509);
        uint8_t hash[DIGEST_MAX];
        size_t hash_len = 0;
        size_t len = 0;
        const uint8_t *key_id =
            cert_field(world->cas[i].cert, CERT_KEY_ID, &len);

        assert_int_equal(digest_once(world->crypto, DIGEST_SHA1, key->data,
                             (size_t)key->length, hash, &hash_len),
            CRYPT_OK);
        assert_int_equal(len, hash_len);
        assert_memory_equal(key_id, hash, len);
        X509_free(x509);
    }
}

static void each_signs_itself_and_no_other(void **state)
{
    const struct world *world = *state;
    size_t i;
    size_t j;

    for (i = 0; i < FILES; i++) {
        for (j = 0; j < FILES; j++) {
            assert_int_equal(
                cert_is_signed_by(world->cas[i].cert, world->cas[j].cert),
                i == j);
        }
    }
}

static void certificates_are_cas_for_certificates_and_crls(void **state)
{
    const struct world *world = *state;
    size_t i;

    for (i = 0; i < FILES; i++) {
        const struct cert *cert = world->cas[i].cert;
        size_t len = 0;

        assert_int_equal(cert_key_bits(cert), 2048);
        assert_int_equal(
            cert_key_usage(cert), CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN);
        assert_string_equal(cert_serial_text(cert), files[i].serial);
        assert_null(cert_field(cert, CERT_ISSUER_KEY_ID, &len));
    }
}

/* Why the list goes by digest and key identifier. */
static void generations_share_their_name(void **state)
{
    const struct world *world = *state;
    size_t first_len = 0;
    size_t third_len = 0;
    const uint8_t *first =
        cert_field(world->cas[0].cert, CERT_SUBJECT, &first_len);
    const uint8_t *third =
        cert_field(world->cas[1].cert, CERT_SUBJECT, &third_len);

    assert_int_equal(first_len, third_len);
    assert_memory_equal(first, third, first_len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signing_cas_are_listed_and_others_are_not),
        cmocka_unit_test(rows_say_what_the_certificates_say),
        cmocka_unit_test(generations_overlap_in_order),
        cmocka_unit_test(key_id_is_the_digest_of_the_key),
        cmocka_unit_test(each_signs_itself_and_no_other),
        cmocka_unit_test(certificates_are_cas_for_certificates_and_crls),
        cmocka_unit_test(generations_share_their_name),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
