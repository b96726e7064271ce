/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rsa.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/cert_x509.h"
#include "crypto/context_lib.h"
#include "crypto/digest.h"

/* Chooses the padding for CTX; 1 or an error, as OpenSSL has it. */
typedef int choose_padding(EVP_PKEY_CTX *ctx);

/* No digest is set, so that OpenSSL compares the bytes as they stand. */
static int choose_pkcs1(EVP_PKEY_CTX *ctx)
{
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
}

static int choose_pss(EVP_PKEY_CTX *ctx)
{
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALT_SIZE) == 1;
}

/* What verifies with KEY; the caller frees it. */
static enum crypt_err new_verifier(OSSL_LIB_CTX *lib, EVP_PKEY *key,
    choose_padding *choose, EVP_PKEY_CTX **ret_ctx)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, key, NULL);

    if (!ctx)
        return CRYPT_NOMEM;
    if (EVP_PKEY_verify_init(ctx) != 1 || choose(ctx) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return CRYPT_FAILED;
    }
    *ret_ctx = ctx;
    return CRYPT_OK;
}

static enum crypt_err verify_once(const struct cert *cert,
    choose_padding *choose, const uint8_t *data, size_t data_len,
    const uint8_t *sig, size_t sig_len)
{
    EVP_PKEY_CTX *ctx;
    enum crypt_err err;

    ERR_set_mark();
    err = new_verifier(
        crypto_lib(cert_crypto(cert)), cert_key(cert), choose, &ctx);
    if (err == CRYPT_OK) {
        /* Less than 0: it could not be found out. */
        int ok = EVP_PKEY_verify(ctx, sig, sig_len, data, data_len);
        err = ok == 1 ? CRYPT_OK : ok == 0 ? CRYPT_MISMATCH : CRYPT_FAILED;
        EVP_PKEY_CTX_free(ctx);
    }
    ERR_pop_to_mark();
    return err;
}

/*
 * Asked twice before a signature is called wrong, as in cert_parse: OpenSSL
 * says the same when it has no memory to find out.
 */
static enum crypt_err verify(const struct cert *cert, choose_padding *choose,
    const uint8_t *data, size_t data_len, const uint8_t *sig, size_t sig_len)
{
    enum crypt_err err;

    if (cert_key_bits(cert) == 0)
        return CRYPT_UNSUPPORTED;
    /* RFC 8017 8.1.2 and 8.2.2, step 1: OpenSSL would forgive lost zeros. */
    if (sig_len != (cert_key_bits(cert) + 7) / 8)
        return CRYPT_MISMATCH;
    err = verify_once(cert, choose, data, data_len, sig, sig_len);
    if (err != CRYPT_OK && err != CRYPT_NOMEM)
        err = verify_once(cert, choose, data, data_len, sig, sig_len);
    return err;
}

enum crypt_err rsa_verify_pkcs1(const struct cert *cert, const uint8_t *data,
    size_t data_len, const uint8_t *sig, size_t sig_len)
{
    return verify(cert, choose_pkcs1, data, data_len, sig, sig_len);
}

enum crypt_err rsa_verify_pss(const struct cert *cert, const uint8_t *hash,
    size_t hash_len, const uint8_t *sig, size_t sig_len)
{
    if (hash_len != digest_size(DIGEST_SHA256))
        return CRYPT_MALFORMED;
    return verify(cert, choose_pss, hash, hash_len, sig, sig_len);
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

    memset(spki, 0xff, sizeof spki);
    memcpy(spki, spki_head, sizeof spki_head);
    memcpy(spki + sizeof spki_head + SPKI_MODULUS, spki_tail, sizeof spki_tail);
    return d2i_PUBKEY_ex(NULL, &at, sizeof spki, lib, NULL);
}

enum crypt_err rsa_prepare(OSSL_LIB_CTX *lib)
{
    static choose_padding *const paddings[] = {choose_pkcs1, choose_pss};
    EVP_PKEY *key = decode_some_key(lib);
    enum crypt_err err = key ? CRYPT_OK : CRYPT_FAILED;
    size_t i;

    for (i = 0; i < sizeof paddings / sizeof *paddings && err == CRYPT_OK;
         i++) {
        EVP_PKEY_CTX *ctx = NULL;
        err = new_verifier(lib, key, paddings[i], &ctx);
        EVP_PKEY_CTX_free(ctx);
    }
    EVP_PKEY_free(key);
    return err;
}
