/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sigalg.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/cert_x509.h"
#include "crypto/context_lib.h"

#define PSS_SALT_SIZE 32 /* bytes */

/* No digest is set, so that OpenSSL compares the bytes as they stand. */
static int set_up_pkcs1(EVP_PKEY_CTX *ctx)
{
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
}

static int set_up_pss(EVP_PKEY_CTX *ctx)
{
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, PSS_SALT_SIZE) == 1;
}

static int set_up_ecdsa(EVP_PKEY_CTX *ctx)
{
    (void)ctx;
    return 1;
}

/* Each sets a context up for its algorithm; 1 or an error, as OpenSSL has it.
 */
static int (*const set_ups[SIGALG_COUNT])(EVP_PKEY_CTX *ctx) = {
    [SIGALG_RSA_PKCS1] = set_up_pkcs1,
    [SIGALG_RSA_PSS] = set_up_pss,
    [SIGALG_ECDSA_P384] = set_up_ecdsa,
};

/* The caller frees RET_CTX. */
static enum crypt_err new_verifier(
    OSSL_LIB_CTX *lib, EVP_PKEY *key, enum sigalg_id id, EVP_PKEY_CTX **ret_ctx)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, key, NULL);

    if (!ctx)
        return CRYPT_NOMEM;
    if (EVP_PKEY_verify_init(ctx) != 1 || set_ups[id](ctx) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return CRYPT_FAILED;
    }
    *ret_ctx = ctx;
    return CRYPT_OK;
}

static enum crypt_err verify_once(const struct cert *cert, enum sigalg_id id,
    const uint8_t *input, size_t input_len, const uint8_t *sig, size_t sig_len)
{
    EVP_PKEY_CTX *ctx;
    int ok;
    enum crypt_err err =
        new_verifier(crypto_lib(cert->crypto), cert_key(cert), id, &ctx);

    if (err != CRYPT_OK)
        return err;
    /* Less than 0: it could not be found out. */
    ok = EVP_PKEY_verify(ctx, sig, sig_len, input, input_len);
    EVP_PKEY_CTX_free(ctx);
    return ok == 1 ? CRYPT_OK : ok == 0 ? CRYPT_MISMATCH : CRYPT_FAILED;
}

/* OpenSSL reports a mismatch, too, when it runs out of memory: retry once. */
static enum crypt_err verify(const struct cert *cert, enum sigalg_id id,
    const uint8_t *input, size_t input_len, const uint8_t *sig, size_t sig_len)
{
    enum crypt_err err = verify_once(cert, id, input, input_len, sig, sig_len);

    if (err == CRYPT_OK || err == CRYPT_NOMEM)
        return err;
    return verify_once(cert, id, input, input_len, sig, sig_len);
}

/* The DER of r || s, allocated by OpenSSL; NULL: no memory. */
static uint8_t *encode_ecdsa(const uint8_t *sig, size_t sig_len, int *ret_len)
{
    int half = (int)(sig_len / 2);
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(sig, half, NULL);
    BIGNUM *s = BN_bin2bn(sig + half, half, NULL);
    uint8_t *der = NULL;

    if (!numbers || !r || !s || ECDSA_SIG_set0(numbers, r, s) != 1) {
        BN_free(r);
        BN_free(s);
    } else {
        *ret_len = i2d_ECDSA_SIG(numbers, &der);
    }
    ECDSA_SIG_free(numbers);
    return der;
}

static enum crypt_err verify_ecdsa(const struct cert *cert,
    const uint8_t *input, size_t input_len, const uint8_t *sig, size_t sig_len)
{
    int der_len = 0;
    uint8_t *der = encode_ecdsa(sig, sig_len, &der_len);
    enum crypt_err err = CRYPT_NOMEM;

    if (der && der_len > 0)
        err = verify(
            cert, SIGALG_ECDSA_P384, input, input_len, der, (size_t)der_len);
    OPENSSL_free(der);
    return err;
}

/* clang-format off */
const struct sigalg sigalgs[SIGALG_COUNT] = {
    [SIGALG_RSA_PKCS1] = {SIGALG_RSA_PKCS1, CERT_KEY_RSA, 2048, 1,
        1, SIGALG_INPUT_MAX, true},
    [SIGALG_RSA_PSS] = {SIGALG_RSA_PSS, CERT_KEY_RSA, 2048, 1,
        32, 32, false},
    /* A longer hash than the curve's order counts with its first bytes. */
    [SIGALG_ECDSA_P384] = {SIGALG_ECDSA_P384, CERT_KEY_EC, 384, 2,
        1, DIGEST_MAX, false},
};
/* clang-format on */

/* OBJECT IDENTIFIER 1.3.132.0.34, secp384r1. */
static const uint8_t p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};

/* True for a key that ALG can be verified with. */
static bool has_type(const struct sigalg *alg, const struct cert *cert)
{
    size_t len = 0;
    const uint8_t *params = cert_field(cert, CERT_EC_PARAMS, &len);

    if (cert_key_type(cert) != alg->key_type)
        return false;
    return alg->key_type != CERT_KEY_EC ||
           (len == sizeof p384 && memcmp(params, p384, len) == 0);
}

bool sigalg_fits(const struct sigalg *alg, const struct cert *cert)
{
    return has_type(alg, cert) && cert_key_bits(cert) == alg->key_bits;
}

const struct sigalg *sigalg_of(const struct cert *cert)
{
    size_t i;

    for (i = 0; i < SIGALG_COUNT; i++)
        if (sigalg_fits(&sigalgs[i], cert))
            return &sigalgs[i];
    return NULL;
}

size_t sigalg_signature_size(const struct sigalg *alg, const struct cert *cert)
{
    return (size_t)(cert_key_bits(cert) + 7) / 8 * alg->parts;
}

/* RFC 8017 section 9.2, note 1: everything that stands before the hash. */
static const struct prefix {
    size_t len;
    uint8_t der[19];
} prefixes[DIGEST_COUNT] = {
    [DIGEST_SHA1] = {15, {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03,
                             0x02, 0x1a, 0x05, 0x00, 0x04, 0x14}},
    [DIGEST_SHA224] = {19,
        {0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
            0x04, 0x02, 0x04, 0x05, 0x00, 0x04, 0x1c}},
    [DIGEST_SHA256] = {19,
        {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
            0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}},
    [DIGEST_SHA384] = {19,
        {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
            0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30}},
    [DIGEST_SHA512] = {19,
        {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
            0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40}},
};

enum crypt_err sigalg_input(const struct sigalg *alg, enum digest_alg digest,
    const uint8_t *hash, size_t hash_len, uint8_t ret_input[SIGALG_INPUT_MAX],
    size_t *ret_len)
{
    size_t prefix_len = alg->digest_info ? prefixes[digest].len : 0;

    if (hash_len != digest_size(digest))
        return CRYPT_MALFORMED;
    memcpy(ret_input, prefixes[digest].der, prefix_len);
    memcpy(ret_input + prefix_len, hash, hash_len);
    *ret_len = prefix_len + hash_len;
    return CRYPT_OK;
}

enum crypt_err sigalg_verify(const struct sigalg *alg, const struct cert *cert,
    const uint8_t *input, size_t input_len, const uint8_t *sig, size_t sig_len)
{
    enum crypt_err err;

    if (!has_type(alg, cert))
        return CRYPT_UNSUPPORTED;
    if (input_len < alg->input_min || input_len > alg->input_max)
        return CRYPT_MALFORMED;
    /* RFC 8017 8.1.2 and 8.2.2, step 1: OpenSSL would forgive lost zeros. */
    if (sig_len != sigalg_signature_size(alg, cert))
        return CRYPT_MISMATCH;
    ERR_set_mark();
    if (alg->id == SIGALG_ECDSA_P384)
        err = verify_ecdsa(cert, input, input_len, sig, sig_len);
    else
        err = verify(cert, alg->id, input, input_len, sig, sig_len);
    ERR_pop_to_mark();
    return err;
}

/* A SubjectPublicKeyInfo of RSA with 512 bits up to its modulus, and after. */
static const uint8_t spki_head[] = {0x30, 0x5c, 0x30, 0x0d, 0x06, 0x09, 0x2a,
    0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x4b,
    0x00, 0x30, 0x48, 0x02, 0x41, 0x00};
static const uint8_t spki_tail[] = {0x02, 0x03, 0x01, 0x00, 0x01};
#define SPKI_MODULUS 64

static EVP_PKEY *decode_some_key(OSSL_LIB_CTX *lib)
{
    uint8_t spki[sizeof spki_head + SPKI_MODULUS + sizeof spki_tail];
    const uint8_t *at = spki;
    EVP_PKEY *key;

    memset(spki, 0xff, sizeof spki);
    memcpy(spki, spki_head, sizeof spki_head);
    memcpy(spki + sizeof spki_head + SPKI_MODULUS, spki_tail, sizeof spki_tail);
    ERR_set_mark();
    key = d2i_PUBKEY_ex(NULL, &at, sizeof spki, lib, NULL);
    ERR_pop_to_mark();
    return key;
}

/*
 * A mark for each step: OpenSSL 3.5 raises errors in steps that succeed, and
 * its queue has room for 15, those of the host among them.
 */
enum crypt_err sigalg_prepare(OSSL_LIB_CTX *lib)
{
    static const enum sigalg_id ids[] = {SIGALG_RSA_PKCS1, SIGALG_RSA_PSS};
    EVP_PKEY *key = decode_some_key(lib);
    enum crypt_err err = key ? CRYPT_OK : CRYPT_FAILED;
    size_t i;

    for (i = 0; i < sizeof ids / sizeof *ids && err == CRYPT_OK; i++) {
        EVP_PKEY_CTX *ctx = NULL;

        ERR_set_mark();
        err = new_verifier(lib, key, ids[i], &ctx);
        EVP_PKEY_CTX_free(ctx);
        ERR_pop_to_mark();
    }
    EVP_PKEY_free(key);
    return err;
}
