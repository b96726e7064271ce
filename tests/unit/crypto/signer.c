/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/crypto/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/rsa.h>

struct cert *signer_cert(struct crypto *crypto, EVP_PKEY *key, EVP_PKEY *signer)
{
    struct recipe recipe = {.key = key, .signer = signer};
    struct made made = maker_certificate(&recipe);
    struct cert *cert = NULL;

    assert_int_equal(cert_parse(crypto, made.der, made.len, &cert), CRYPT_OK);
    made_free(&made);
    return cert;
}

int signer_open(void **state)
{
    static struct signer signer;

    *state = &signer;
    if (crypto_new(&signer.crypto) != CRYPT_OK)
        return -1;
    signer.key = EVP_RSA_gen(2048);
    signer.cert = signer_cert(signer.crypto, signer.key, NULL);
    return 0;
}

int signer_close(void **state)
{
    struct signer *signer = *state;

    cert_free(signer->cert);
    EVP_PKEY_free(signer->key);
    crypto_free(signer->crypto);
    return 0;
}
