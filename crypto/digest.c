/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/context_lib.h"

struct digest {
    EVP_MD_CTX *ctx;
};

static const struct {
    const char *name;
    size_t size;
} algs[DIGEST_COUNT] = {
    [DIGEST_SHA1] = {"SHA1", 20},
    [DIGEST_SHA224] = {"SHA2-224", 28},
    [DIGEST_SHA256] = {"SHA2-256", 32},
    [DIGEST_SHA384] = {"SHA2-384", 48},
    [DIGEST_SHA512] = {"SHA2-512", 64},
};

size_t digest_size(enum digest_alg alg)
{
    return algs[alg].size;
}

enum crypt_err digest_prepare(OSSL_LIB_CTX *lib)
{
    size_t i;

    for (i = 0; i < DIGEST_COUNT; i++) {
        EVP_MD *md = EVP_MD_fetch(lib, algs[i].name, NULL);
        if (!md)
            return CRYPT_FAILED;
        EVP_MD_free(md);
    }
    return CRYPT_OK;
}

enum crypt_err digest_new(
    struct crypto *crypto, enum digest_alg alg, struct digest **ret_digest)
{
    struct digest *digest = calloc(1, sizeof *digest);
    EVP_MD *md = NULL;
    enum crypt_err err = CRYPT_FAILED;

    if (!digest)
        return CRYPT_NOMEM;
    ERR_set_mark();
    digest->ctx = EVP_MD_CTX_new();
    md = EVP_MD_fetch(crypto_lib(crypto), algs[alg].name, NULL);
    if (!digest->ctx)
        err = CRYPT_NOMEM;
    else if (md && EVP_DigestInit_ex2(digest->ctx, md, NULL) == 1)
        err = CRYPT_OK;
    EVP_MD_free(md);
    ERR_pop_to_mark();
    if (err == CRYPT_OK)
        *ret_digest = digest;
    else
        digest_free(digest);
    return err;
}

enum crypt_err digest_update(
    struct digest *digest, const uint8_t *data, size_t len)
{
    int ok;

    ERR_set_mark();
    ok = EVP_DigestUpdate(digest->ctx, data, len);
    ERR_pop_to_mark();
    return ok == 1 ? CRYPT_OK : CRYPT_FAILED;
}

enum crypt_err digest_final(
    struct digest *digest, uint8_t ret_hash[DIGEST_MAX], size_t *ret_len)
{
    unsigned len = 0;
    int ok;

    ERR_set_mark();
    ok = EVP_DigestFinal_ex(digest->ctx, ret_hash, &len);
    ERR_pop_to_mark();
    *ret_len = len;
    return ok == 1 ? CRYPT_OK : CRYPT_FAILED;
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
    ERR_set_mark();
    EVP_MD_CTX_free(digest->ctx);
    ERR_pop_to_mark();
    free(digest);
}

enum crypt_err digest_once(struct crypto *crypto, enum digest_alg alg,
    const uint8_t *data, size_t len, uint8_t ret_hash[DIGEST_MAX],
    size_t *ret_len)
{
    struct digest *digest = NULL;
    enum crypt_err err = digest_new(crypto, alg, &digest);

    if (err != CRYPT_OK)
        return err;
    err = digest_update(digest, data, len);
    if (err == CRYPT_OK)
        err = digest_final(digest, ret_hash, ret_len);
    digest_free(digest);
    return err;
}
