/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERT_X509_H
#define CRYPTO_CERT_X509_H

#include <stdatomic.h>
#include <openssl/x509.h>
#include "crypto/cert.h"

/* For the files of this folder only: certificates and parts of them. */

/* Shared by threads: only cert_parse changes it. */
struct cert {
    atomic_uint owners;
    struct crypto *crypto; /* what it was parsed with */
    X509 *x509;
    struct {
        uint8_t *data;
        size_t len;
    } fields[CERT_FIELDS];
    enum cert_key_type key_type;
    unsigned key_bits;
    unsigned key_usage; /* as in struct cert_profile */
    int64_t not_before;
    int64_t not_after;
    char *serial_text;
};

/* The public key, owned by CERT; NULL when OpenSSL cannot decode it. */
EVP_PKEY *cert_key(const struct cert *cert);

/*
 * True when the key of SIGNER has made SIGNATURE by ALGORITHM over the DER of
 * DATA, an ITEM, with one of SHA-224 to SHA-512: MD5 and SHA-1 have collisions.
 */
bool cert_has_signed(const struct cert *signer, const ASN1_ITEM *item,
    const void *data, const X509_ALGOR *algorithm,
    const ASN1_BIT_STRING *signature);

/* Copies LEN bytes to FIELD; a field of no bytes stays absent. */
enum crypt_err cert_set_field(
    struct cert *cert, enum cert_field field, const uint8_t *data, size_t len);
/* Takes over ENCODED of LEN bytes, which OpenSSL has allocated. */
enum crypt_err cert_set_encoded(
    struct cert *cert, enum cert_field field, uint8_t *encoded, int len);

/* Reads the fields of the public key (cert_key.c). */
enum crypt_err cert_read_key(struct cert *cert);

/*
 * Decodes the extension NID, for the caller to free; NULL: there is none.
 * False: it is malformed, or there twice.
 */
bool asn1_get_extension(
    const STACK_OF(X509_EXTENSION) * extensions, int nid, void **ret_extension);

/* Seconds since 1970-01-01 00:00:00 UTC; CRYPT_MALFORMED. */
enum crypt_err asn1_read_time(const ASN1_TIME *time, int64_t *ret_seconds);
/*
 * SECONDS since then, in the form of RFC 5280, 4.1.2.5, for the caller to free;
 * NULL: no memory, or no year of four digits. No time_t goes to libcrypto,
 * whose own may have 32 bits.
 */
ASN1_TIME *asn1_write_time(int64_t seconds);

#endif
