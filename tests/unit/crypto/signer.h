/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_SIGNER_H
#define TESTS_UNIT_CRYPTO_SIGNER_H

#include "crypto/cert.h"
#include "tests/unit/crypto/maker.h"

#define KEY_LEN 256 /* bytes of a 2048 bit modulus */

/* Who makes the signatures that are verified: an RSA key and its certificate.
 */
struct signer {
    struct crypto *crypto;
    EVP_PKEY *key;
    struct cert *cert;
};

/* Group set-up and tear-down of cmocka: *STATE is the signer. */
int signer_open(void **state);
int signer_close(void **state);

/*
 * A certificate of KEY, signed by SIGNER (NULL: by itself); the caller frees it
 * with cert_free.
 */
struct cert *signer_cert(
    struct crypto *crypto, EVP_PKEY *key, EVP_PKEY *signer);

#endif
