/* SPDX-License-Identifier: Apache-2.0 */

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include "crypto/cert.h"
#include "crypto/cert_x509.h"
#include "tests/unit/crypto/fixture.h"

static EVP_PKEY *ec_key;

/* Parses a copy of exactly LEN bytes, so that a sanitizer sees any overrun. */
static enum crypt_err parse(
    const uint8_t *der, size_t len, struct cert **ret_cert)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    enum crypt_err err;

    assert_non_null(copy);
    memcpy(copy, der, len);
    err = cert_parse(crypto, copy, len, ret_cert);
    free(copy);
    return err;
}

static struct cert *make(const struct recipe *recipe)
{
    struct made made = maker_certificate(recipe);
    struct cert *cert = NULL;

    assert_int_equal(parse(made.der, made.len, &cert), CRYPT_OK);
    made_free(&made);
    return cert;
}

static void assert_field(const struct cert *cert, enum cert_field field,
    const void *data, size_t len)
{
    size_t got_len = 0;
    const uint8_t *got = cert_field(cert, field, &got_len);

    assert_int_equal(got_len, len);
    assert_memory_equal(got, data, len);
}

static void assert_absent(const struct cert *cert, enum cert_field field)
{
    size_t len = 4711;

    assert_null(cert_field(cert, field, &len));
    assert_int_equal(len, 0);
}

/* The field is what OpenSSL's i2d function makes of OBJECT. */
#define ASSERT_ENCODED(cert, field, i2d, object)                 \
    do {                                                         \
        unsigned char *encoded = NULL;                           \
        int encoded_len = i2d(object, &encoded);                 \
                                                                 \
        assert_true(encoded_len > 0);                            \
        assert_field(cert, field, encoded, (size_t)encoded_len); \
        OPENSSL_free(encoded);                                   \
    } while (0)

static void assert_number(const struct cert *cert, enum cert_field field,
    const EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;
    unsigned char bytes[1024];

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &number), 1);
    assert_field(cert, field, bytes, (size_t)BN_bn2bin(number, bytes));
    BN_free(number);
}

static const uint8_t key_id[] = {0x01, 0x23, 0x45, 0x67, 0x89};
static const uint8_t ca_key_id[] = {0xfe, 0xdc, 0xba};

static struct recipe usual(void)
{
    return (struct recipe){.key = pki_key(0),
        .signer = pki_key(CA),
        .serial = "0132C4AB",
        .key_usage = "critical,digitalSignature,nonRepudiation",
        .subject_key_id = "0123456789",
        .authority_key_id = "FEDCBA"};
}

static void test_fields_are_those_that_openssl_reads(void **state)
{
    struct recipe recipe = usual();
    struct made made = maker_certificate(&recipe);
    X509 *x509 = maker_open(&made);
    struct cert *cert = NULL;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned hash_len = 0;

    assert_int_equal(parse(made.der, made.len, &cert), CRYPT_OK);
    assert_field(cert, CERT_DER, made.der, made.len);
    assert_int_equal(
        EVP_Digest(made.der, made.len, hash, &hash_len, EVP_sha256(), NULL), 1);
    assert_int_equal(hash_len, CERT_SHA256_SIZE);
    assert_field(cert, CERT_SHA256, hash, hash_len);
    ASSERT_ENCODED(
        cert, CERT_SUBJECT, i2d_X509_NAME, X509_get_subject_name(x509));
    ASSERT_ENCODED(
        cert, CERT_ISSUER, i2d_X509_NAME, X509_get_issuer_name(x509));
    ASSERT_ENCODED(
        cert, CERT_SERIAL, i2d_ASN1_INTEGER, X509_get0_serialNumber(x509));
    ASSERT_ENCODED(cert, CERT_SPKI, i2d_PUBKEY, pki_key(0));
    assert_number(cert, CERT_MODULUS, pki_key(0), OSSL_PKEY_PARAM_RSA_N);
    assert_number(cert, CERT_EXPONENT, pki_key(0), OSSL_PKEY_PARAM_RSA_E);
    assert_field(cert, CERT_KEY_ID, key_id, sizeof key_id);
    assert_field(cert, CERT_ISSUER_KEY_ID, ca_key_id, sizeof ca_key_id);
    assert_int_equal(cert_key_bits(cert), 2048);
    assert_string_equal(cert_serial_text(cert), "0132C4AB");
    cert_free(cert);
    X509_free(x509);
    made_free(&made);
}

static void test_key_usage_bits(void **state)
{
    static const struct {
        const char *text;
        unsigned bits;
    } rows[] = {
        {NULL, 0}, {"digitalSignature", CERT_USE_DIGITAL_SIGNATURE},
        {"nonRepudiation", CERT_USE_NON_REPUDIATION},
        {"critical,digitalSignature,nonRepudiation",
            CERT_USE_DIGITAL_SIGNATURE | CERT_USE_NON_REPUDIATION},
        {"keyCertSign", CERT_USE_CERT_SIGN}, {"cRLSign", CERT_USE_CRL_SIGN},
        {"keyCertSign,cRLSign", CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN},
        {"keyEncipherment,dataEncipherment,keyAgreement,encipherOnly",
            1u << 2 | 1u << 3 | 1u << 4 | 1u << 7},
        {"decipherOnly", 1u << 8}, /* in the second byte */
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct recipe recipe = usual();
        struct cert *cert = NULL;

        recipe.key_usage = rows[i].text;
        cert = make(&recipe);
        assert_int_equal(maker_key_usage(cert), rows[i].bits);
        cert_free(cert);
    }
}

/* RFC 5280 4.2.1.2, method (1). */
static void test_key_id_without_extension_is_sha1_of_the_key(void **state)
{
    struct recipe recipe = usual();
    struct cert *with = NULL;
    struct cert *without = NULL;
    size_t len = 0;

    recipe.subject_key_id = "hash";
    with = make(&recipe);
    recipe.subject_key_id = NULL;
    recipe.authority_key_id = NULL;
    without = make(&recipe);
    cert_field(with, CERT_KEY_ID, &len);
    assert_int_equal(len, 20);
    assert_field(without, CERT_KEY_ID, cert_field(with, CERT_KEY_ID, &len), 20);
    assert_absent(without, CERT_ISSUER_KEY_ID);
    cert_free(with);
    cert_free(without);
}

static void test_key_on_an_elliptic_curve(void **state)
{
    static const uint8_t p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
    struct recipe recipe = usual();
    struct cert *cert = NULL;
    uint8_t point[2 + 97] = {0x04, 97};
    size_t len = 0;

    recipe.key = ec_key;
    cert = make(&recipe);
    assert_int_equal(cert_key_type(cert), CERT_KEY_EC);
    assert_int_equal(cert_key_bits(cert), 384);
    assert_absent(cert, CERT_MODULUS);
    assert_absent(cert, CERT_EXPONENT);
    assert_field(cert, CERT_EC_PARAMS, p384, sizeof p384);
    assert_int_equal(EVP_PKEY_get_octet_string_param(
                         ec_key, OSSL_PKEY_PARAM_PUB_KEY, point + 2, 97, &len),
        1);
    assert_field(cert, CERT_EC_POINT, point, sizeof point);
    ASSERT_ENCODED(cert, CERT_SPKI, i2d_PUBKEY, ec_key);
    assert_field(cert, CERT_KEY_ID, key_id, sizeof key_id);
    cert_free(cert);
}

static void test_key_of_another_type(void **state)
{
    struct recipe recipe = usual();
    struct cert *cert = NULL;

    recipe.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    cert = make(&recipe);
    assert_int_equal(cert_key_type(cert), CERT_KEY_OTHER);
    assert_int_equal(cert_key_bits(cert), 0);
    assert_absent(cert, CERT_EC_PARAMS);
    assert_absent(cert, CERT_EC_POINT);
    cert_free(cert);
    EVP_PKEY_free(recipe.key);
}

static void test_key_bits_are_those_of_the_modulus(void **state)
{
    static const unsigned bits[] = {1024, 1031, 2048, 3072, 4096};
    size_t i;

    for (i = 0; i < COUNT(bits); i++) {
        struct recipe recipe = usual();
        struct cert *cert = NULL;

        recipe.key = EVP_RSA_gen(bits[i]);
        cert = make(&recipe);
        assert_int_equal(cert_key_bits(cert), bits[i]);
        assert_int_equal(cert_key_type(cert), CERT_KEY_RSA);
        cert_free(cert);
        EVP_PKEY_free(recipe.key);
    }
}

static void test_serials(void **state)
{
    static const struct {
        const char *serial;
        const char *text;
    } rows[] = {
        {"0", "00"},
        {"1", "01"},
        {"7F", "7F"},
        {"80", "80"}, /* 00 80 in DER */
        {"067C6A21", "067C6A21"},
        {"DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF",
            "DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF"},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct recipe recipe = usual();
        struct cert *cert = NULL;

        recipe.serial = rows[i].serial;
        cert = make(&recipe);
        assert_string_equal(cert_serial_text(cert), rows[i].text);
        cert_free(cert);
    }
}

/* Wherever the host is. */
static void test_validity_is_utc(void **state)
{
    static const char *const zones[] = {
        "UTC", "Asia/Tokyo", "America/St_Johns", "right/UTC"};
    struct recipe recipe = usual();
    size_t i;

    recipe.not_before = "230716005027Z";
    recipe.not_after = "20501231145959Z";
    for (i = 0; i < COUNT(zones); i++) {
        struct cert *cert = NULL;
        int64_t not_before = 0;
        int64_t not_after = 0;

        setenv("TZ", zones[i], 1);
        cert = make(&recipe);
        cert_validity(cert, &not_before, &not_after);
        assert_true(not_before == INT64_C(1689468627));
        assert_true(not_after == INT64_C(2556111599));
        cert_free(cert);
    }
    unsetenv("TZ");
}

/* RFC 5280, 4.1.2.5: two digits of the year until 2049, then four. */
static void test_times_are_written_as_they_are_read(void **state)
{
    static const struct {
        int64_t seconds;
        int type;
        const char *text;
    } rows[] = {
        {1795910400, V_ASN1_UTCTIME, "261129000000Z"},
        {2524607999, V_ASN1_UTCTIME, "491231235959Z"},
        {2524608000, V_ASN1_GENERALIZEDTIME, "20500101000000Z"},
        {2682374399, V_ASN1_GENERALIZEDTIME, "20541231235959Z"},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        ASN1_TIME *time = asn1_write_time(rows[i].seconds);
        int64_t seconds = 0;

        assert_non_null(time);
        assert_int_equal(time->type, rows[i].type);
        assert_string_equal(
            (const char *)ASN1_STRING_get0_data(time), rows[i].text);
        assert_int_equal(asn1_read_time(time, &seconds), CRYPT_OK);
        assert_int_equal(seconds, rows[i].seconds);
        ASN1_TIME_free(time);
    }
    assert_null(asn1_write_time(253402300800)); /* the year 10000 */
}

static void test_only_the_issuer_has_signed(void **state)
{
    struct recipe recipe = usual();
    struct recipe ec_recipe = {.key = ec_key, .signer = pki_key(CA)};
    struct cert *cert = make(&recipe);
    struct cert *ec = make(&ec_recipe);

    assert_true(cert_is_signed_by(cert, ca.cert));
    assert_true(cert_is_signed_by(ec, ca.cert));
    assert_true(cert_is_signed_by(ca.cert, ca.cert));
    assert_false(cert_is_signed_by(cert, cert));
    assert_false(cert_is_signed_by(ca.cert, cert));
    assert_false(cert_is_signed_by(cert, ec));
    cert_free(cert);
    cert_free(ec);
}

static void test_signature_digests(void **state)
{
    static const struct {
        const char *name;
        bool accepted;
    } rows[] = {{"SHA224", true}, {"SHA256", true}, {"SHA384", true},
        {"SHA512", true}, {"SHA1", false}, {"MD5", false}};
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct recipe recipe = usual();
        struct cert *cert = NULL;

        recipe.digest = rows[i].name;
        cert = make(&recipe);
        assert_int_equal(cert_is_signed_by(cert, ca.cert), rows[i].accepted);
        cert_free(cert);
    }
}

/* Extensions that are not read may hold anything. */
static void add_strange_extensions(X509 *x509)
{
    maker_add_extension(x509, NID_subject_alt_name, "\xff\xff\xff", 3);
    maker_add_extension(x509, NID_info_access, "", 0);
    maker_add_extension(
        x509, NID_authority_key_identifier, "\x30\x03\x82\x01\x07", 5);
}

static void test_unknown_extensions_are_passed_over(void **state)
{
    struct recipe recipe = usual();
    struct cert *cert = NULL;

    recipe.authority_key_id = NULL;
    recipe.change = add_strange_extensions;
    cert = make(&recipe);
    assert_field(cert, CERT_KEY_ID, key_id, sizeof key_id);
    assert_absent(cert, CERT_ISSUER_KEY_ID);
    cert_free(cert);
}

static void test_lives_until_its_last_owner_frees_it(void **state)
{
    struct recipe recipe = usual();
    struct cert *cert = make(&recipe);

    assert_null(cert_ref(NULL));
    assert_ptr_equal(cert_ref(cert), cert);
    cert_free(cert);
    assert_field(cert, CERT_KEY_ID, key_id, sizeof key_id);
    cert_free(cert);
}

static void test_nothing_may_follow(void **state)
{
    struct recipe recipe = usual();
    struct made made = maker_certificate(&recipe);
    uint8_t *longer = calloc(2, made.len);
    struct cert *cert = NULL;

    assert_non_null(longer);
    memcpy(longer, made.der, made.len);
    assert_int_equal(parse(longer, made.len + 1, &cert), CRYPT_MALFORMED);
    memcpy(longer + made.len, made.der, made.len);
    assert_int_equal(parse(longer, 2 * made.len, &cert), CRYPT_MALFORMED);
    assert_int_equal(parse(longer, made.len, &cert), CRYPT_OK);
    cert_free(cert);
    free(longer);
    made_free(&made);
}

static void test_every_truncation_is_refused(void **state)
{
    struct recipe recipe = usual();
    struct made made = maker_certificate(&recipe);
    size_t len;

    for (len = 0; len < made.len; len++) {
        struct cert *cert = NULL;

        assert_int_equal(parse(made.der, len, &cert), CRYPT_MALFORMED);
        assert_null(cert);
    }
    made_free(&made);
}

/* Either it is no certificate any more, or its signature is wrong. */
static void test_every_flipped_bit_breaks_it(void **state)
{
    struct recipe recipe = usual();
    struct made made = maker_certificate(&recipe);
    size_t parsed = 0;
    size_t bit;

    for (bit = 0; bit < made.len * 8; bit++) {
        struct cert *cert = NULL;
        enum crypt_err err;

        made.der[bit / 8] ^= (uint8_t)(1u << bit % 8);
        err = parse(made.der, made.len, &cert);
        if (err == CRYPT_OK) {
            assert_false(cert_is_signed_by(cert, ca.cert));
            cert_free(cert);
            parsed++;
        } else {
            assert_int_equal(err, CRYPT_MALFORMED);
        }
        made.der[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_in_range(parsed, 1, made.len * 8 - 1);
    made_free(&made);
}

static int set_up(void **state)
{
    ec_key = EVP_EC_gen("P-384");
    return fixture_open(state);
}

static int tear_down(void **state)
{
    EVP_PKEY_free(ec_key);
    return fixture_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_are_those_that_openssl_reads),
        cmocka_unit_test(test_key_usage_bits),
        cmocka_unit_test(test_key_id_without_extension_is_sha1_of_the_key),
        cmocka_unit_test(test_key_on_an_elliptic_curve),
        cmocka_unit_test(test_key_of_another_type),
        cmocka_unit_test(test_key_bits_are_those_of_the_modulus),
        cmocka_unit_test(test_serials),
        cmocka_unit_test(test_validity_is_utc),
        cmocka_unit_test(test_times_are_written_as_they_are_read),
        cmocka_unit_test(test_only_the_issuer_has_signed),
        cmocka_unit_test(test_signature_digests),
        cmocka_unit_test(test_unknown_extensions_are_passed_over),
        cmocka_unit_test(test_lives_until_its_last_owner_frees_it),
        cmocka_unit_test(test_nothing_may_follow),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_every_flipped_bit_breaks_it),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
