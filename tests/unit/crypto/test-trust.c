/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates that J-LIS publishes, see tests/data/ca. */

#include "crypto/cert.h"
#include "crypto/digest.h"
#include "crypto/trust.h"
#include "tests/unit/crypto/fixture.h"

static const struct file {
    const char *path;
    const char *name;
    const char *serial;
    const uint8_t *published; /* its digest */
} files[] = {
    {"jpki-sign01.der", "signca01", "01", maker_published[0]},
    {"jpki-sign03.der", "signca03", "067C6A21", maker_published[2]},
    {"jpki-auth01.der", "authca01", "01", maker_published_auth[0]},
    {"jpki-auth03.der", "authca03", "06D18006", maker_published_auth[2]},
};
#define FILES (COUNT(files))

static struct pki_cert cas[FILES];

static void test_each_says_what_is_published(void **state)
{
    size_t i;

    for (i = 0; i < FILES; i++) {
        const struct cert *cert = cas[i].cert;
        size_t len = 0;

        assert_memory_equal(
            cert_field(cert, CERT_SHA256, &len), files[i].published, 32);
        assert_int_equal(cert_key_type(cert), CERT_KEY_RSA);
        assert_int_equal(cert_key_bits(cert), 2048);
        assert_int_equal(
            maker_key_usage(cert), CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN);
        assert_string_equal(cert_serial_text(cert), files[i].serial);
        assert_null(cert_field(cert, CERT_ISSUER_KEY_ID, &len));
    }
}

/* JPKI's key identifiers are method (1) of RFC 5280 4.2.1.2. */
static void test_each_is_named_by_its_key_id(void **state)
{
    const uint8_t other[TRUST_KEY_ID_SIZE] = {0};
    size_t i;

    for (i = 0; i < FILES; i++) {
        X509 *x509 = maker_open(&cas[i].made);
        const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x509);
        uint8_t hash[DIGEST_MAX];
        size_t hash_len = 0;
        size_t len = 0;
        const uint8_t *key_id = cert_field(cas[i].cert, CERT_KEY_ID, &len);

        assert_int_equal(digest_once(crypto, DIGEST_SHA1, key->data,
                             (size_t)key->length, hash, &hash_len),
            CRYPT_OK);
        assert_int_equal(len, hash_len);
        assert_memory_equal(key_id, hash, len);
        assert_string_equal(trust_issuer_name(key_id, len), files[i].name);
        assert_null(trust_issuer_name(key_id, len - 1));
        X509_free(x509);
    }
    assert_null(trust_issuer_name(other, sizeof other));
    assert_null(trust_issuer_name(NULL, 0));
}

static void test_each_signs_itself_and_no_other(void **state)
{
    size_t i;
    size_t j;

    for (i = 0; i < FILES; i++)
        for (j = 0; j < FILES; j++)
            assert_int_equal(
                cert_is_signed_by(cas[i].cert, cas[j].cert), i == j);
}

/* Why the list goes by digest and key identifier. */
static void test_generations_share_their_name(void **state)
{
    size_t first_len = 0;
    size_t third_len = 0;
    const uint8_t *first = cert_field(cas[0].cert, CERT_SUBJECT, &first_len);
    const uint8_t *third = cert_field(cas[1].cert, CERT_SUBJECT, &third_len);

    assert_int_equal(first_len, third_len);
    assert_memory_equal(first, third, first_len);
}

static int set_up(void **state)
{
    size_t i;

    if (fixture_open(state) != 0)
        return -1;
    for (i = 0; i < FILES; i++)
        cas[i] = pki_open(crypto, maker_read_ca(files[i].path));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_says_what_is_published),
        cmocka_unit_test(test_each_is_named_by_its_key_id),
        cmocka_unit_test(test_each_signs_itself_and_no_other),
        cmocka_unit_test(test_generations_share_their_name),
    };

    return cmocka_run_group_tests(tests, set_up, fixture_close);
}
