/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host may let go of us after OpenSSL has shut down: exit handlers run in an
 * order that nobody here decides. Little can be expected to work then, but
 * nothing may crash.
 */

#include <openssl/crypto.h>
#include "tests/unit/crypto/sample.h"

static struct sample sample;
static uint8_t der[4096]; /* the sample's own copy is OpenSSL's memory */
static size_t der_len;

static int set_up(void **state)
{
    sample_open(&sample);
    memcpy(der, sample.made.der, sample.made.len);
    der_len = sample.made.len;
    made_free(&sample.made);
    OPENSSL_cleanup();
    return 0;
}

static void test_what_was_parsed_can_be_read(void **state)
{
    size_t len = 0;

    assert_memory_equal(cert_field(sample.cert, CERT_DER, &len), der, der_len);
    assert_int_equal(len, der_len);
    assert_int_equal(cert_key_bits(sample.cert), 2048);
    assert_string_equal(cert_serial_text(sample.cert), "067C6A21");
}

/* All that fails leaves its outputs alone. */
static void test_calls_fail_at_worst(void **state)
{
    struct digest *digest = NULL;
    struct cert *cert = NULL;
    uint8_t hash[DIGEST_MAX];
    size_t len = 4711;

    if (digest_once(sample.crypto, DIGEST_SHA256, der, der_len, hash, &len) !=
        CRYPT_OK)
        assert_int_equal(len, 4711);
    if (digest_new(sample.crypto, DIGEST_SHA512, &digest) != CRYPT_OK)
        assert_null(digest);
    if (cert_parse(sample.crypto, der, der_len, &cert) != CRYPT_OK)
        assert_null(cert);
    (void)cert_is_signed_by(sample.cert, sample.cert);
    (void)sample_verify(&sample);
    sample.sig[7] ^= 0x10;
    assert_int_not_equal(sample_verify(&sample), CRYPT_OK);
    digest_free(digest);
    cert_free(cert);
}

/* Runs last: what was opened before is let go of. */
static void test_what_was_open_is_freed(void **state)
{
    sample_close(&sample);
}

static void test_a_new_context_is_refused(void **state)
{
    struct crypto *crypto = NULL;

    assert_int_equal(crypto_new(&crypto), CRYPT_FAILED);
    assert_null(crypto);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_parsed_can_be_read),
        cmocka_unit_test(test_calls_fail_at_worst),
        cmocka_unit_test(test_a_new_context_is_refused),
        cmocka_unit_test(test_what_was_open_is_freed),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
