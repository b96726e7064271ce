/* SPDX-License-Identifier: Apache-2.0 */
/* RSASSA-PKCS1-v1_5: what verifies, and every forgery that must not. */

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include "crypto/sigalg.h"
#include "tests/unit/crypto/signer.h"

static const uint8_t data[] = {'h', 'e', 'l', 'l', 'o', '\n'};

/* What the card does: OpenSSL pads and signs INPUT as it stands. */
static void sign(EVP_PKEY *key, const void *input, size_t len, uint8_t *ret_sig,
    size_t sig_len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t got = sig_len;

    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
    assert_int_equal(EVP_PKEY_sign(ctx, ret_sig, &got, input, len), 1);
    assert_int_equal(got, sig_len);
    EVP_PKEY_CTX_free(ctx);
}

/* The private key's bare power of a whole block. */
static void power(
    EVP_PKEY *key, const uint8_t block[KEY_LEN], uint8_t ret_sig[KEY_LEN])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t len = KEY_LEN;

    assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
    assert_int_equal(EVP_PKEY_decrypt(ctx, ret_sig, &len, block, KEY_LEN), 1);
    assert_int_equal(len, KEY_LEN);
    EVP_PKEY_CTX_free(ctx);
}

static enum crypt_err verify_with(const struct cert *cert, const void *input,
    size_t len, const uint8_t *sig, size_t sig_len)
{
    return sigalg_verify(
        &sigalgs[SIGALG_RSA_PKCS1], cert, input, len, sig, sig_len);
}

static enum crypt_err verify(
    const struct signer *signer, const uint8_t *sig, size_t len)
{
    return verify_with(signer->cert, data, sizeof data, sig, len);
}

/* All that the card takes: 1 to 245 bytes. */
static void test_any_length_of_input_verifies(void **state)
{
    static const size_t lens[] = {1, 20, 51, 83, 244, 245};
    const struct signer *signer = *state;
    uint8_t long_data[KEY_LEN];
    uint8_t sig[KEY_LEN];
    size_t i;
    size_t len;

    for (i = 0; i < sizeof long_data; i++)
        long_data[i] = (uint8_t)i;
    for (i = 0; i < COUNT(lens); i++) {
        sign(signer->key, long_data, lens[i], sig, sizeof sig);
        assert_int_equal(
            verify_with(signer->cert, long_data, lens[i], sig, sizeof sig),
            CRYPT_OK);
    }
    for (len = 0; len <= sizeof long_data; len++)
        if (len != 245)
            assert_int_equal(
                verify_with(signer->cert, long_data, len, sig, sizeof sig),
                len == 0 || len > 245 ? CRYPT_MALFORMED : CRYPT_MISMATCH);
}

/* DigestInfo as built here is what other software signs. */
static void test_digestinfo_agrees_with_openssl(void **state)
{
    static const char *const names[DIGEST_COUNT] = {
        [DIGEST_SHA1] = "SHA1",
        [DIGEST_SHA224] = "SHA224",
        [DIGEST_SHA256] = "SHA256",
        [DIGEST_SHA384] = "SHA384",
        [DIGEST_SHA512] = "SHA512",
    };
    const struct signer *signer = *state;
    int alg;

    for (alg = 0; alg < DIGEST_COUNT; alg++) {
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        uint8_t hash[DIGEST_MAX];
        uint8_t info[SIGALG_INPUT_MAX];
        uint8_t sig[KEY_LEN];
        size_t hash_len = 0;
        size_t info_len = 0;
        size_t sig_len = sizeof sig;

        assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, names[alg], NULL,
                             NULL, signer->key, NULL),
            1);
        assert_int_equal(
            EVP_DigestSign(ctx, sig, &sig_len, data, sizeof data), 1);
        EVP_MD_CTX_free(ctx);
        assert_int_equal(digest_once(signer->crypto, (enum digest_alg)alg, data,
                             sizeof data, hash, &hash_len),
            CRYPT_OK);
        assert_int_equal(
            sigalg_input(&sigalgs[SIGALG_RSA_PKCS1], (enum digest_alg)alg, hash,
                hash_len, info, &info_len),
            CRYPT_OK);
        assert_int_equal(
            verify_with(signer->cert, info, info_len, sig, sig_len), CRYPT_OK);
    }
}

static void test_changed_signatures_do_not_verify(void **state)
{
    const struct signer *signer = *state;
    uint8_t padded[KEY_LEN + 1] = {0};
    uint8_t *sig = padded + 1;
    size_t i;

    sign(signer->key, data, sizeof data, sig, KEY_LEN);
    for (i = 0; i < KEY_LEN; i++) {
        sig[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(verify(signer, sig, KEY_LEN), CRYPT_MISMATCH);
        sig[i] ^= (uint8_t)(1u << i % 8);
    }
    assert_int_equal(verify(signer, sig, KEY_LEN), CRYPT_OK);
    assert_int_equal(verify(signer, sig, KEY_LEN - 1), CRYPT_MISMATCH);
    assert_int_equal(verify(signer, sig + 1, KEY_LEN - 1), CRYPT_MISMATCH);
    assert_int_equal(verify(signer, padded, KEY_LEN + 1), CRYPT_MISMATCH);
    assert_int_equal(verify(signer, NULL, 0), CRYPT_MISMATCH);
}

/* One signature in 256 starts with a zero; without it, it is too short. */
static void test_leading_zero_must_not_be_dropped(void **state)
{
    const struct signer *signer = *state;
    uint8_t sig[KEY_LEN];
    uint32_t counter = 0;

    do {
        counter++;
        sign(signer->key, &counter, sizeof counter, sig, sizeof sig);
    } while (sig[0] != 0);
    assert_int_equal(
        verify_with(signer->cert, &counter, sizeof counter, sig, sizeof sig),
        CRYPT_OK);
    assert_int_equal(verify_with(signer->cert, &counter, sizeof counter,
                         sig + 1, sizeof sig - 1),
        CRYPT_MISMATCH);
}

/* RFC 8017 5.2.2 step 1, and the same remainder as another number. */
static void test_numbers_out_of_range_do_not_verify(void **state)
{
    const struct signer *signer = *state;
    size_t len = 0;
    const uint8_t *modulus = cert_field(signer->cert, CERT_MODULUS, &len);
    BIGNUM *n = BN_bin2bn(modulus, (int)len, NULL);
    BIGNUM *s = BN_new();
    uint8_t sig[KEY_LEN];
    uint32_t counter = 0;

    assert_int_equal(len, KEY_LEN);
    assert_int_equal(verify(signer, modulus, len), CRYPT_MISMATCH);
    memset(sig, 0xff, sizeof sig);
    assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_MISMATCH);
    memset(sig, 0x00, sizeof sig);
    assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_MISMATCH);
    do {
        counter++;
        sign(signer->key, &counter, sizeof counter, sig, sizeof sig);
        BN_bin2bn(sig, sizeof sig, s);
        BN_add(s, s, n);
    } while (BN_num_bytes(s) > KEY_LEN);
    BN_bn2binpad(s, sig, sizeof sig);
    assert_int_equal(
        verify_with(signer->cert, &counter, sizeof counter, sig, sizeof sig),
        CRYPT_MISMATCH);
    BN_free(s);
    BN_free(n);
}

/* Blocks that the right key has signed, but with another padding. */
static void test_wrong_paddings_do_not_verify(void **state)
{
    static const struct {
        size_t at; /* from the end, so that 1 is the last byte */
        uint8_t value;
    } rows[] = {
        {KEY_LEN, 0x01},         /* the first byte */
        {KEY_LEN - 1, 0x02},     /* block type of encryption */
        {KEY_LEN - 1, 0x00},     /* block type 0 */
        {KEY_LEN - 2, 0xfe},     /* first of the FF */
        {100, 0x00},             /* an early end of the FF */
        {sizeof data + 2, 0xfe}, /* last of the FF */
        {sizeof data + 1, 0xff}, /* no end of the FF */
        {sizeof data + 1, 0x01}, /* another end */
        {1, 0xff},               /* other data */
    };
    const struct signer *signer = *state;
    uint8_t good[KEY_LEN];
    uint8_t block[KEY_LEN];
    uint8_t sig[KEY_LEN];
    size_t i;

    memset(good, 0xff, sizeof good);
    good[0] = 0x00;
    good[1] = 0x01;
    good[KEY_LEN - sizeof data - 1] = 0x00;
    memcpy(good + KEY_LEN - sizeof data, data, sizeof data);
    power(signer->key, good, sig);
    assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_OK);
    for (i = 0; i < COUNT(rows); i++) {
        memcpy(block, good, sizeof block);
        block[KEY_LEN - rows[i].at] = rows[i].value;
        power(signer->key, block, sig);
        assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_MISMATCH);
    }
    /* The classic forgery: short padding, and room for rubbish at the end. */
    memset(block, 0xaa, sizeof block);
    memcpy(block, good, 10);
    block[10] = 0x00;
    memcpy(block + 11, data, sizeof data);
    power(signer->key, block, sig);
    assert_int_equal(verify(signer, sig, sizeof sig), CRYPT_MISMATCH);
    /* Whole, it is 245 bytes of data like any other. */
    assert_int_equal(
        verify_with(signer->cert, block + 11, KEY_LEN - 11, sig, sizeof sig),
        CRYPT_OK);
}

/* A public key of any numbers. */
static EVP_PKEY *invent_key(const BIGNUM *n, const BIGNUM *e)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e);
    params = OSSL_PARAM_BLD_to_param(build);
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static struct cert *invent_cert(
    const struct signer *signer, const BIGNUM *n, const BIGNUM *e)
{
    EVP_PKEY *key = invent_key(n, e);
    struct cert *cert = signer_cert(signer->crypto, key, signer->key);

    EVP_PKEY_free(key);
    return cert;
}

/*
 * Numbers of a size that would keep the machine busy are refused, the smallest
 * as well: nothing crashes and nothing verifies.
 */
static void test_keys_of_odd_sizes_verify_nothing(void **state)
{
    static const struct {
        int n_bits;
        int e_bits;
    } rows[] = {
        {16384, 64},
        {16385, 17},
        {32768, 32768},
        {2048, 65},
        {64, 17}, /* too short for any padding */
        {8, 2},
    };
    static const uint8_t sig[4096] = {0x02};
    const struct signer *signer = *state;
    uint8_t hash[32] = {0};
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        BIGNUM *n = BN_new();
        BIGNUM *e = BN_new();
        struct cert *cert = NULL;
        size_t len = (size_t)(rows[i].n_bits + 7) / 8;

        BN_rand(n, rows[i].n_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
        BN_rand(e, rows[i].e_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
        cert = invent_cert(signer, n, e);
        assert_int_not_equal(
            verify_with(cert, data, sizeof data, sig, len), CRYPT_OK);
        assert_int_not_equal(sigalg_verify(&sigalgs[SIGALG_RSA_PSS], cert, hash,
                                 sizeof hash, sig, len),
            CRYPT_OK);
        assert_false(cert_is_signed_by(signer->cert, cert));
        cert_free(cert);
        BN_free(e);
        BN_free(n);
    }
}

/* With the exponent 1 a signature needs no key: eight FF must fit in. */
static void test_padding_needs_room(void **state)
{
    static const uint8_t block[] = {
        0x00, 0x01, 0xff, 0xff, 0xff, 0x00, 'd', 'a', 't', 'a'};
    BIGNUM *n = BN_new();
    struct cert *cert = NULL;

    BN_rand(n, 8 * sizeof block, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
    cert = invent_cert(*state, n, BN_value_one());
    assert_int_equal(
        verify_with(cert, block + 6, 4, block, sizeof block), CRYPT_MISMATCH);
    cert_free(cert);
    BN_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_length_of_input_verifies),
        cmocka_unit_test(test_digestinfo_agrees_with_openssl),
        cmocka_unit_test(test_changed_signatures_do_not_verify),
        cmocka_unit_test(test_leading_zero_must_not_be_dropped),
        cmocka_unit_test(test_numbers_out_of_range_do_not_verify),
        cmocka_unit_test(test_wrong_paddings_do_not_verify),
        cmocka_unit_test(test_keys_of_odd_sizes_verify_nothing),
        cmocka_unit_test(test_padding_needs_room),
    };

    return cmocka_run_group_tests(tests, signer_open, signer_close);
}
