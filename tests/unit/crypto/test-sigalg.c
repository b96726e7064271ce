/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of signature algorithms; RSASSA-PSS as TLS 1.3 has it (RFC 8446
 * 4.2.3, rsa_pss_rsae_sha256), and ECDSA on P-384.
 */

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include "crypto/sigalg.h"
#include "tests/unit/crypto/signer.h"

#define HASH_LEN 32
#define PSS (&sigalgs[SIGALG_RSA_PSS])
#define PKCS1 (&sigalgs[SIGALG_RSA_PKCS1])
#define ECDSA (&sigalgs[SIGALG_ECDSA_P384])
#define P384_LEN 96 /* bytes of r || s */

static const uint8_t hash[DIGEST_MAX] = {0xba, 0x78, 0x16, 0xbf};

/* A key of its own, and its certificate. */
struct pair {
    EVP_PKEY *key;
    struct cert *cert;
};

static struct pair pair_of(const struct signer *signer, EVP_PKEY *key)
{
    return (struct pair){key, signer_cert(signer->crypto, key, signer->key)};
}

static void pair_done(struct pair *pair)
{
    cert_free(pair->cert);
    EVP_PKEY_free(pair->key);
}

/* RFC 8017 section 9.2, note 1. */
static void test_input_is_a_digestinfo_or_the_hash(void **state)
{
    static const struct {
        enum digest_alg digest;
        const char *prefix;
        size_t hash_len;
    } rows[] = {
        {DIGEST_SHA1, "3021300906052b0e03021a05000414", 20},
        {DIGEST_SHA224, "302d300d06096086480165030402040500041c", 28},
        {DIGEST_SHA256, "3031300d060960864801650304020105000420", 32},
        {DIGEST_SHA384, "3041300d060960864801650304020205000430", 48},
        {DIGEST_SHA512, "3051300d060960864801650304020305000440", 64},
    };
    size_t i;
    size_t hash_len;

    for (i = 0; i < COUNT(rows); i++) {
        uint8_t input[SIGALG_INPUT_MAX];
        size_t len = 0;
        long prefix_len = 0;
        unsigned char *prefix = OPENSSL_hexstr2buf(rows[i].prefix, &prefix_len);

        assert_int_equal(sigalg_input(PKCS1, rows[i].digest, hash,
                             rows[i].hash_len, input, &len),
            CRYPT_OK);
        assert_int_equal(len, (size_t)prefix_len + rows[i].hash_len);
        assert_memory_equal(input, prefix, (size_t)prefix_len);
        assert_memory_equal(input + prefix_len, hash, rows[i].hash_len);
        assert_int_equal(sigalg_input(ECDSA, rows[i].digest, hash,
                             rows[i].hash_len, input, &len),
            CRYPT_OK);
        assert_int_equal(len, rows[i].hash_len);
        assert_memory_equal(input, hash, len);
        for (hash_len = 0; hash_len <= DIGEST_MAX; hash_len++)
            if (hash_len != rows[i].hash_len)
                assert_int_equal(sigalg_input(PKCS1, rows[i].digest, hash,
                                     hash_len, input, &len),
                    CRYPT_MALFORMED);
        OPENSSL_free(prefix);
    }
}

static void test_rows_fit_keys_of_their_type_and_size(void **state)
{
    const struct signer *signer = *state;
    struct pair pairs[] = {
        pair_of(signer, EVP_RSA_gen(2048)),
        pair_of(signer, EVP_EC_gen("P-384")),
        pair_of(signer, EVP_RSA_gen(3072)),
        pair_of(signer, EVP_EC_gen("P-256")),
        pair_of(signer, EVP_EC_gen("brainpoolP384r1")),
        pair_of(signer, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")),
    };
    const struct sigalg *const first[] = {PKCS1, ECDSA, NULL, NULL, NULL, NULL};
    size_t i;

    for (i = 0; i < COUNT(pairs); i++) {
        assert_ptr_equal(sigalg_of(pairs[i].cert), first[i]);
        assert_int_equal(sigalg_fits(PSS, pairs[i].cert), i == 0);
        assert_int_equal(sigalg_fits(ECDSA, pairs[i].cert), i == 1);
    }
    assert_int_equal(sigalg_signature_size(PSS, pairs[0].cert), 256);
    assert_int_equal(sigalg_signature_size(ECDSA, pairs[1].cert), P384_LEN);
    for (i = 0; i < COUNT(pairs); i++)
        pair_done(&pairs[i]);
}

/* Each algorithm with keys of another type or curve. */
static void test_other_keys_are_unsupported(void **state)
{
    const struct signer *signer = *state;
    struct pair p256 = pair_of(signer, EVP_EC_gen("P-256"));
    struct pair brainpool = pair_of(signer, EVP_EC_gen("brainpoolP384r1"));
    const struct {
        const struct sigalg *alg;
        const struct cert *cert;
    } rows[] = {
        {PKCS1, p256.cert},
        {PSS, p256.cert},
        {ECDSA, signer->cert},
        {ECDSA, p256.cert},
        {ECDSA, brainpool.cert},
    };
    uint8_t sig[KEY_LEN] = {0};
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        assert_int_equal(
            sigalg_verify(rows[i].alg, rows[i].cert, hash, HASH_LEN, sig,
                sigalg_signature_size(rows[i].alg, rows[i].cert)),
            CRYPT_UNSUPPORTED);
    pair_done(&brainpool);
    pair_done(&p256);
}

struct scheme {
    int padding;
    const char *digest;
    const char *mgf1;
    int salt_len;
};

static const struct scheme right = {
    RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256", 32};

static void sign_rsa(EVP_PKEY *key, const struct scheme *scheme,
    uint8_t *ret_sig, size_t sig_len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    const EVP_MD *md = EVP_get_digestbyname(scheme->digest);
    size_t got = sig_len;

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
    assert_int_equal(
        EVP_PKEY_sign(ctx, ret_sig, &got, hash, (size_t)EVP_MD_get_size(md)),
        1);
    assert_int_equal(got, sig_len);
    EVP_PKEY_CTX_free(ctx);
}

/* r || s of a signature that OpenSSL makes of LEN bytes of the hash. */
static void sign_ecdsa(EVP_PKEY *key, size_t len, uint8_t ret_sig[P384_LEN])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    uint8_t der[256];
    const uint8_t *at = der;
    size_t der_len = sizeof der;
    ECDSA_SIG *numbers = NULL;

    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    assert_int_equal(EVP_PKEY_sign(ctx, der, &der_len, hash, len), 1);
    numbers = d2i_ECDSA_SIG(NULL, &at, (long)der_len);
    assert_non_null(numbers);
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), ret_sig, P384_LEN / 2);
    BN_bn2binpad(
        ECDSA_SIG_get0_s(numbers), ret_sig + P384_LEN / 2, P384_LEN / 2);
    ECDSA_SIG_free(numbers);
    EVP_PKEY_CTX_free(ctx);
}

/* A signature of SIG_LEN bytes, behind one more byte, and its changes. */
static void assert_only_it_verifies(const struct sigalg *alg,
    const struct cert *cert, size_t hash_len, uint8_t *padded, size_t sig_len)
{
    uint8_t other_hash[DIGEST_MAX];
    uint8_t *sig = padded + 1;
    size_t i;

    assert_int_equal(
        sigalg_verify(alg, cert, hash, hash_len, sig, sig_len), CRYPT_OK);
    for (i = 0; i < sig_len; i++) {
        sig[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(sigalg_verify(alg, cert, hash, hash_len, sig, sig_len),
            CRYPT_MISMATCH);
        sig[i] ^= (uint8_t)(1u << i % 8);
    }
    for (i = 0; i < hash_len; i++) {
        memcpy(other_hash, hash, sizeof hash);
        other_hash[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(
            sigalg_verify(alg, cert, other_hash, hash_len, sig, sig_len),
            CRYPT_MISMATCH);
    }
    assert_int_equal(sigalg_verify(alg, cert, hash, hash_len, sig, sig_len - 1),
        CRYPT_MISMATCH);
    assert_int_equal(
        sigalg_verify(alg, cert, hash, hash_len, sig + 1, sig_len - 1),
        CRYPT_MISMATCH);
    assert_int_equal(
        sigalg_verify(alg, cert, hash, hash_len, padded, sig_len + 1),
        CRYPT_MISMATCH);
    assert_int_equal(
        sigalg_verify(alg, cert, hash, hash_len, NULL, 0), CRYPT_MISMATCH);
}

static void test_pss_signature_verifies(void **state)
{
    const struct signer *signer = *state;
    uint8_t padded[KEY_LEN + 1] = {0};
    size_t len;

    sign_rsa(signer->key, &right, padded + 1, KEY_LEN);
    assert_only_it_verifies(PSS, signer->cert, HASH_LEN, padded, KEY_LEN);
    for (len = 0; len <= DIGEST_MAX; len++)
        if (len != HASH_LEN)
            assert_int_equal(sigalg_verify(PSS, signer->cert, hash, len,
                                 padded + 1, KEY_LEN),
                CRYPT_MALFORMED);
    /* Nor does one of this kind pass for one of the other. */
    assert_int_equal(
        sigalg_verify(PKCS1, signer->cert, hash, HASH_LEN, padded + 1, KEY_LEN),
        CRYPT_MISMATCH);
}

static void test_other_schemes_do_not_verify(void **state)
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
    uint8_t sig[KEY_LEN];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        sign_rsa(signer->key, &rows[i], sig, sizeof sig);
        assert_int_equal(
            sigalg_verify(PSS, signer->cert, hash, HASH_LEN, sig, sizeof sig),
            CRYPT_MISMATCH);
    }
}

/*
 * RFC 8017 8.1.2: the padding of 1025 bits is a byte shorter than the key. In
 * 512 bits hash, salt and two bytes more do not fit.
 */
static void test_pss_with_keys_of_any_size(void **state)
{
    static const unsigned bits[] = {512, 1024, 1025, 1026, 1031};
    const struct signer *signer = *state;
    size_t i;

    for (i = 0; i < COUNT(bits); i++) {
        struct pair pair = pair_of(signer, EVP_RSA_gen(bits[i]));
        size_t len = (bits[i] + 7) / 8;
        uint8_t sig[129] = {0x02};

        if (bits[i] > 512)
            sign_rsa(pair.key, &right, sig, len);
        assert_int_equal(
            sigalg_verify(PSS, pair.cert, hash, HASH_LEN, sig, len),
            bits[i] > 512 ? CRYPT_OK : CRYPT_MISMATCH);
        pair_done(&pair);
    }
}

static void test_another_key_does_not_verify(void **state)
{
    const struct signer *signer = *state;
    EVP_PKEY *rsa = EVP_RSA_gen(2048);
    EVP_PKEY *ec = EVP_EC_gen("P-384");
    struct pair pair = pair_of(signer, EVP_EC_gen("P-384"));
    uint8_t sig[KEY_LEN];

    sign_rsa(rsa, &right, sig, KEY_LEN);
    assert_int_equal(
        sigalg_verify(PSS, signer->cert, hash, HASH_LEN, sig, KEY_LEN),
        CRYPT_MISMATCH);
    sign_ecdsa(ec, 48, sig);
    assert_int_equal(sigalg_verify(ECDSA, pair.cert, hash, 48, sig, P384_LEN),
        CRYPT_MISMATCH);
    pair_done(&pair);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(rsa);
}

/* A hash of any length; of a longer one the first 384 bits count. */
static void test_ecdsa_signature_verifies(void **state)
{
    static const size_t lens[] = {1, 20, 32, 48, 64};
    struct pair pair = pair_of(*state, EVP_EC_gen("P-384"));
    uint8_t padded[P384_LEN + 1] = {0};
    size_t i;

    for (i = 0; i < COUNT(lens); i++) {
        sign_ecdsa(pair.key, lens[i], padded + 1);
        assert_int_equal(sigalg_verify(ECDSA, pair.cert, hash, lens[i],
                             padded + 1, P384_LEN),
            CRYPT_OK);
    }
    sign_ecdsa(pair.key, 48, padded + 1);
    assert_only_it_verifies(ECDSA, pair.cert, 48, padded, P384_LEN);
    assert_int_equal(
        sigalg_verify(ECDSA, pair.cert, hash, 0, padded + 1, P384_LEN),
        CRYPT_MALFORMED);
    pair_done(&pair);
}

/* Neither zero nor the curve's order nor more is one of the two numbers. */
static void test_ecdsa_numbers_out_of_range_do_not_verify(void **state)
{
    struct pair pair = pair_of(*state, EVP_EC_gen("P-384"));
    uint8_t sig[P384_LEN];
    int part;
    int value;

    for (part = 0; part < 2; part++) {
        for (value = 0x00; value <= 0xff; value += 0xff) {
            sign_ecdsa(pair.key, 48, sig);
            memset(sig + part * P384_LEN / 2, value, P384_LEN / 2);
            assert_int_equal(
                sigalg_verify(ECDSA, pair.cert, hash, 48, sig, sizeof sig),
                CRYPT_MISMATCH);
        }
    }
    pair_done(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input_is_a_digestinfo_or_the_hash),
        cmocka_unit_test(test_rows_fit_keys_of_their_type_and_size),
        cmocka_unit_test(test_other_keys_are_unsupported),
        cmocka_unit_test(test_pss_signature_verifies),
        cmocka_unit_test(test_other_schemes_do_not_verify),
        cmocka_unit_test(test_pss_with_keys_of_any_size),
        cmocka_unit_test(test_another_key_does_not_verify),
        cmocka_unit_test(test_ecdsa_signature_verifies),
        cmocka_unit_test(test_ecdsa_numbers_out_of_range_do_not_verify),
    };

    return cmocka_run_group_tests(tests, signer_open, signer_close);
}
