/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERT_X509_H
#define CRYPTO_CERT_X509_H

#include <openssl/types.h>
#include "crypto/cert.h"

/* For the files of this folder only: the OpenSSL objects of a certificate. */

/* Owned by CERT, shared by threads: not to be changed. */
X509 *cert_x509(const struct cert *cert);

/* The public key, owned by CERT; NULL when OpenSSL cannot decode it. */
EVP_PKEY *cert_key(const struct cert *cert);

/* What the certificate was parsed with. */
struct crypto *cert_crypto(const struct cert *cert);

/* While CERT is being parsed: */

/* LEN bytes for FIELD, at least one, to be filled in; NULL: no memory. */
uint8_t *cert_new_field(struct cert *cert, enum cert_field field, size_t len);
/* Copies LEN bytes to FIELD; a field of no bytes stays absent. */
enum crypt_err cert_set_field(
    struct cert *cert, enum cert_field field, const uint8_t *data, size_t len);
/* Takes over ENCODED of LEN bytes, which an i2d function has allocated. */
enum crypt_err cert_set_encoded(
    struct cert *cert, enum cert_field field, uint8_t *encoded, int len);
void cert_set_key(struct cert *cert, enum cert_key_type type, unsigned bits);

/* Reads the fields of the public key (cert_key.c). */
enum crypt_err cert_read_key(struct cert *cert);

#endif
