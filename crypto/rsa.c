/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rsa.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

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

static enum crypt_err verify_once(const struct cert *cert,
    choose_padding *choose, const uint8_t *data, size_t data_len,
    const uint8_t *sig, size_t sig_len)
{
    enum crypt_err err = CRYPT_FAILED;
    EVP_PKEY_CTX *ctx;

    ERR_set_mark();
    ctx = EVP_PKEY_CTX_new_from_pkey(
        crypto_lib(cert_crypto(cert)), cert_key(cert), NULL);
    if (!ctx)
        err = CRYPT_NOMEM;
    else if (EVP_PKEY_verify_init(ctx) == 1 && choose(ctx) == 1)
        err = EVP_PKEY_verify(ctx, sig, sig_len, data, data_len) == 1
                  ? CRYPT_OK
                  : CRYPT_MISMATCH;
    EVP_PKEY_CTX_free(ctx);
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
