/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/rsakey.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

struct card_key {
    EVP_PKEY *pkey;
    void *pem;
    size_t len;
    struct card_key *next;
};

/*
 * One library context for all keys, never freed: libcrypto calls a thread that
 * used one back when it ends, and would not know that it is gone.
 */
static OSSL_LIB_CTX *lib;
static struct card_key *keys;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void make_lib(void)
{
    OSSL_LIB_CTX *made = OSSL_LIB_CTX_new();
    if (made && OSSL_PROVIDER_load(made, "default") != NULL)
        lib = made;
    else
        OSSL_LIB_CTX_free(made);
}

static struct card_key *read_key(const void *pem, size_t len)
{
    if (!lib)
        make_lib();
    struct card_key *key = calloc(1, sizeof *key);
    BIO *in = BIO_new_mem_buf(pem, (int)len);
    if (!lib || !key || !in ||
        (key->pkey = PEM_read_bio_PrivateKey_ex(
             in, NULL, NULL, NULL, lib, NULL)) == NULL ||
        (key->pem = malloc(len)) == NULL) {
        EVP_PKEY_free(!key ? NULL : key->pkey);
        free(key);
        key = NULL;
    } else {
        memcpy(key->pem, pem, len);
        key->len = len;
    }
    BIO_free(in);
    return key;
}

struct card_key *rsakey_get(const void *pem, size_t len)
{
    if (len > 65535)
        return NULL;
    ERR_set_mark();
    pthread_mutex_lock(&lock);
    struct card_key *key = keys;
    while (key && (key->len != len || memcmp(key->pem, pem, len) != 0))
        key = key->next;
    if (!key && (key = read_key(pem, len)) != NULL) {
        key->next = keys;
        keys = key;
    }
    pthread_mutex_unlock(&lock);
    ERR_pop_to_mark();
    return key;
}

static int sha256(const uint8_t *input, size_t len, uint8_t ret_hash[32])
{
    return EVP_Q_digest(lib, "SHA256", NULL, input, len, ret_hash, NULL) == 1
               ? 0
               : -1;
}

static int set_padding(EVP_PKEY_CTX *ctx, const struct rsakey_scheme *scheme)
{
    if (EVP_PKEY_sign_init(ctx) != 1)
        return -1;
    if (!scheme->pss) {
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
                       (!scheme->digest_info || EVP_PKEY_CTX_set_signature_md(
                                                    ctx, EVP_sha256()) == 1)
                   ? 0
                   : -1;
    }
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)scheme->salt) == 1
               ? 0
               : -1;
}

int rsakey_sign(struct card_key *key, const struct rsakey_scheme *scheme,
    const uint8_t *input, size_t len, uint8_t ret_sig[RSAKEY_SIZE])
{
    int rc = -1;
    uint8_t hash[32];
    size_t sig_len = RSAKEY_SIZE;
    EVP_PKEY_CTX *ctx = NULL;

    ERR_set_mark();
    if (scheme->hash) {
        if (sha256(input, len, hash) != 0)
            goto out;
        input = hash;
        len = sizeof hash;
    }
    ctx = EVP_PKEY_CTX_new_from_pkey(lib, key->pkey, NULL);
    if (ctx && set_padding(ctx, scheme) == 0 &&
        EVP_PKEY_sign(ctx, ret_sig, &sig_len, input, len) == 1 &&
        sig_len == RSAKEY_SIZE)
        rc = 0;
out:
    EVP_PKEY_CTX_free(ctx);
    ERR_pop_to_mark();
    return rc;
}
