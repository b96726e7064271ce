/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_MAKER_H
#define TESTS_UNIT_CRYPTO_MAKER_H

#include <openssl/x509.h>
#include "crypto/profile.h"
#include "tests/unit/crypto/check.h"

/*
 * Makes certificates with OpenSSL, independently of what is tested. A failure
 * ends the running test.
 */

struct recipe {
    EVP_PKEY *key;              /* the subject's */
    EVP_PKEY *signer;           /* NULL: self-signed */
    const char *digest;         /* NULL: SHA256 */
    const char *serial;         /* hexadecimal; NULL: 1 */
    const char *not_before;     /* as ASN1_TIME_set_string; NULL: 2020-01-01 */
    const char *not_after;      /* NULL: 2049-12-31 23:59:59 */
    const char *key_usage;      /* as in openssl.cnf; NULL: none */
    const char *subject_key_id; /* hexadecimal or "hash"; NULL: none */
    const char *authority_key_id; /* hexadecimal; NULL: none */
    void (*change)(X509 *x509);   /* before it is signed; NULL: nothing */
};

struct made {
    uint8_t *der;
    size_t len;
};

/* The caller frees it with made_free. */
struct made maker_certificate(const struct recipe *recipe);
void made_free(struct made *made);

/* Adds an extension with any bytes in it. */
void maker_add_extension(X509 *x509, int nid, const void *value, size_t len);

/* Adds an extension, VALUE as in openssl.cnf; of NULL none. */
void maker_add_readable(X509 *x509, int nid, const char *value);

/* A field of the certificate as OpenSSL sees it; the caller frees it. */
X509 *maker_open(const struct made *made);

/* SHA-256 of J-LIS's certificates signca01 to signca03, as published. */
#define PUBLISHED_CAS 3
extern const uint8_t maker_published[PUBLISHED_CAS][32];
/* The same of the CAs above authentication certificates. */
extern const uint8_t maker_published_auth[PUBLISHED_CAS][32];

/* Reads a whole file of tests/data/ca. */
struct made maker_read_ca(const char *name);

/* The keyUsage of CERT, as the signing policy reads it. */
unsigned maker_key_usage(const struct cert *cert);

#endif
