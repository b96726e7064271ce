/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERT_X509_H
#define CRYPTO_CERT_X509_H

#include <openssl/types.h>
#include "crypto/cert.h"

/* For the files of this folder only: what OpenSSL made of a certificate. */

/* Owned by CERT, and other threads may be reading it: not to be changed. */
X509 *cert_x509(const struct cert *cert);

/* The public key, owned by CERT; NULL when OpenSSL does not know its kind. */
EVP_PKEY *cert_key(const struct cert *cert);

/* What the certificate was parsed with. */
struct crypto *cert_crypto(const struct cert *cert);

#endif
