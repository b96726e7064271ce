/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/context.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>

#include "crypto/context_lib.h"

struct crypto {
    OSSL_LIB_CTX *lib;
    OSSL_PROVIDER *provider;
};

OSSL_LIB_CTX *crypto_lib(const struct crypto *crypto)
{
    return crypto->lib;
}

void crypto_prepare(void)
{
    ERR_set_mark();
    (void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
    ERR_pop_to_mark();
}

/*
 * A context other than the default one reads no file unless told to. The first
 * call fails after OpenSSL's shutdown: a host may call from its exit handlers,
 * where loading a provider would crash.
 */
static enum crypt_err open_context(struct crypto *crypto)
{
    enum crypt_err err;

    if (OPENSSL_init_crypto(0, NULL) != 1)
        return CRYPT_FAILED;
    crypto->lib = OSSL_LIB_CTX_new();
    if (!crypto->lib)
        return CRYPT_NOMEM;
    crypto->provider = OSSL_PROVIDER_load(crypto->lib, "default");
    if (!crypto->provider)
        return CRYPT_FAILED;
    err = digest_prepare(crypto->lib);
    return err == CRYPT_OK ? sigalg_prepare(crypto->lib) : err;
}

enum crypt_err crypto_new(struct crypto **ret_crypto)
{
    struct crypto *crypto = calloc(1, sizeof *crypto);
    enum crypt_err err;

    if (!crypto)
        return CRYPT_NOMEM;
    ERR_set_mark();
    err = open_context(crypto);
    ERR_pop_to_mark();
    if (err == CRYPT_OK)
        *ret_crypto = crypto;
    else
        crypto_free(crypto);
    return err;
}

void crypto_free(struct crypto *crypto)
{
    if (!crypto)
        return;
    ERR_set_mark();
    if (crypto->provider)
        OSSL_PROVIDER_unload(crypto->provider);
    OSSL_LIB_CTX_free(crypto->lib);
    ERR_pop_to_mark();
    free(crypto);
}
