/* SPDX-License-Identifier: Apache-2.0 */
/* RSASSA-PSS as TLS 1.3 has it: RFC 8446 4.2.3, rsa_pss_rsae_sha256. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include "crypto/digestinfo.h"
#include "crypto/rsa.h"
#include "tests/unit/crypto/signer.h"

#define HASH_LEN 32

static const uint8_t hash[HASH_LEN] = {0xba, 0x78, 0x16, 0xbf};

struct scheme {
    int padding;
    const char *digest;
    const char *mgf1;
    int salt_len;
};

static const struct scheme right = {
    RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256", RSA_PSS_SALT_SIZE};

static void sign(EVP_PKEY *key, const struct scheme *scheme, uint8_t *ret_sig,
    size_t sig_len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    const EVP_MD *md = EVP_get_digestbyname(scheme->digest);
    uint8_t long_hash[DIGEST_MAX] = {0};
    size_t got = sig_len;

    memcpy(long_hash, hash, sizeof hash);
    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, scheme->padding), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, md), 1);
    if (scheme->padding == RSA_PKCS1_PSS_PADDING) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md(
                             ctx, EVP_get_digestbyname(scheme->mgf1)),
            1);
        assert_int_equal(
            EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, scheme->salt_len), 1);
    }
    assert_int_equal(EVP_PKEY_sign(ctx, ret_sig, &got, long_hash,
                         (size_t)EVP_MD_get_size(md)),
        1);
    assert_int_equal(got, sig_len);
    EVP_PKEY_CTX_free(ctx);
}

static enum crypt_err verify(
    const struct signer *signer, const uint8_t *sig, size_t len)
{
    return rsa_verify_pss(signer->cert, hash, sizeof hash, sig, len);
}

static void good_signature_verifies(void **state)
{
    const struct signer *signer = *state;
    uint8_t sig[KEY_LEN];
    int i;

    /* Each has its own salt. */
    for (i = 0; i < 3; i++) {
        sign(signer->key, &right, sig, sizeof sig);
        assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_OK);
    }
}

static void other_schemes_do_not_verify(void **state)
{
    static const struct scheme rows[] = {
        {RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256", 20}, /* what SHA-1 has */
        {RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256", 0},
        {RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256", 31},
        {RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256", 33},
        {RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256", KEY_LEN - HASH_LEN - 2},
        {RSA_PKCS1_PSS_PADDING, "SHA256", "SHA1", 32},
        {RSA_PKCS1_PSS_PADDING, "SHA256", "SHA384", 32},
        {RSA_PKCS1_PSS_PADDING, "SHA384", "SHA256", 32},
        {RSA_PKCS1_PSS_PADDING, "SHA512-256", "SHA256", 32},
        {RSA_PKCS1_PADDING, "SHA256", NULL, 0},
    };
    const struct signer *signer = *state;
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t sig[KEY_LEN];

        sign(signer->key, &rows[i], sig, sizeof sig);
        assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_MISMATCH);
    }
}

/* Nor does one of this kind pass for one of the other. */
static void is_no_pkcs1_signature(void **state)
{
    const struct signer *signer = *state;
    uint8_t info[DIGESTINFO_MAX];
    uint8_t sig[KEY_LEN];
    size_t info_len = 0;

    assert_int_equal(
        digestinfo_build(DIGEST_SHA256, hash, sizeof hash, info, &info_len),
        CRYPT_OK);
    sign(signer->key, &right, sig, sizeof sig);
    assert_int_equal(
        rsa_verify_pkcs1(signer->cert, info, info_len, sig, sizeof sig),
        CRYPT_MISMATCH);
    assert_int_equal(
        rsa_verify_pkcs1(signer->cert, hash, sizeof hash, sig, sizeof sig),
        CRYPT_MISMATCH);
}

static void every_changed_byte_is_found(void **state)
{
    const struct signer *signer = *state;
    uint8_t other_hash[HASH_LEN];
    uint8_t sig[KEY_LEN];
    size_t i;

    sign(signer->key, &right, sig, sizeof sig);
    for (i = 0; i < sizeof sig; i++) {
        sig[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_MISMATCH);
        sig[i] ^= (uint8_t)(1u << i % 8);
    }
    for (i = 0; i < sizeof hash; i++) {
        memcpy(other_hash, hash, sizeof hash);
        other_hash[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(rsa_verify_pss(signer->cert, other_hash,
                             sizeof other_hash, sig, sizeof sig),
            CRYPT_MISMATCH);
    }
    assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_OK);
}

static void other_lengths_do_not_verify(void **state)
{
    const struct signer *signer = *state;
    uint8_t sig[KEY_LEN + 1] = {0};

    sign(signer->key, &right, sig + 1, KEY_LEN);
    assert_int_equal(verify(signer, sig + 1, KEY_LEN), CRYPT_OK);
    assert_int_equal(verify(signer, sig + 1, KEY_LEN - 1), CRYPT_MISMATCH);
    assert_int_equal(verify(signer, sig + 2, KEY_LEN - 1), CRYPT_MISMATCH);
    assert_int_equal(verify(signer, sig, KEY_LEN + 1), CRYPT_MISMATCH);
    assert_int_equal(verify(signer, NULL, 0), CRYPT_MISMATCH);
}

static void hash_must_be_one_of_sha256(void **state)
{
    static const size_t lens[] = {0, 20, 31, 33, 48, 64};
    const struct signer *signer = *state;
    uint8_t long_hash[DIGEST_MAX] = {0};
    uint8_t sig[KEY_LEN];
    size_t i;

    memcpy(long_hash, hash, sizeof hash);
    sign(signer->key, &right, sig, sizeof sig);
    for (i = 0; i < sizeof lens / sizeof *lens; i++)
        assert_int_equal(
            rsa_verify_pss(signer->cert, long_hash, lens[i], sig, sizeof sig),
            CRYPT_MALFORMED);
}

static void another_key_does_not_verify(void **state)
{
    const struct signer *signer = *state;
    EVP_PKEY *other = EVP_RSA_gen(2048);
    uint8_t sig[KEY_LEN];

    sign(other, &right, sig, sizeof sig);
    assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_MISMATCH);
    EVP_PKEY_free(other);
}

/* RFC 8017 8.1.2: the padding of 1025 bits is a byte shorter than the key. */
static void modulus_need_not_be_whole_bytes(void **state)
{
    static const unsigned bits[] = {1024, 1025, 1026, 1031};
    const struct signer *signer = *state;
    size_t i;

    for (i = 0; i < sizeof bits / sizeof *bits; i++) {
        EVP_PKEY *key = EVP_RSA_gen(bits[i]);
        struct cert *cert = signer_cert(signer->crypto, key, NULL);
        size_t len = (bits[i] + 7) / 8;
        uint8_t sig[129];

        sign(key, &right, sig, len);
        assert_int_equal(
            rsa_verify_pss(cert, hash, sizeof hash, sig, len), CRYPT_OK);
        cert_free(cert);
        EVP_PKEY_free(key);
    }
}

/* Hash, salt and two bytes more do not fit in. */
static void padding_needs_room(void **state)
{
    const struct signer *signer = *state;
    EVP_PKEY *key = EVP_RSA_gen(512);
    struct cert *cert = signer_cert(signer->crypto, key, NULL);
    uint8_t sig[64] = {0x02};

    assert_int_equal(rsa_verify_pss(cert, hash, sizeof hash, sig, sizeof sig),
        CRYPT_MISMATCH);
    cert_free(cert);
    EVP_PKEY_free(key);
}

static void ec_key_is_unsupported(void **state)
{
    const struct signer *signer = *state;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    struct cert *cert = signer_cert(signer->crypto, key, NULL);
    uint8_t sig[KEY_LEN] = {0};

    assert_int_equal(rsa_verify_pss(cert, hash, sizeof hash, sig, sizeof sig),
        CRYPT_UNSUPPORTED);
    cert_free(cert);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_signature_verifies),
        cmocka_unit_test(other_schemes_do_not_verify),
        cmocka_unit_test(is_no_pkcs1_signature),
        cmocka_unit_test(every_changed_byte_is_found),
        cmocka_unit_test(other_lengths_do_not_verify),
        cmocka_unit_test(hash_must_be_one_of_sha256),
        cmocka_unit_test(another_key_does_not_verify),
        cmocka_unit_test(modulus_need_not_be_whole_bytes),
        cmocka_unit_test(padding_needs_room),
        cmocka_unit_test(ec_key_is_unsupported),
    };

    return cmocka_run_group_tests(tests, signer_open, signer_close);
}
