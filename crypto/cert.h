/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERT_H
#define CRYPTO_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "crypto/context.h"

/*
 * A certificate, parsed once and never changed: any number of threads. It holds
 * personal data and is wiped when it is freed, all but what OpenSSL keeps of it
 * out of reach (SECURITY.md).
 */
struct cert;

#define CERT_SHA256_SIZE 32

enum cert_field {
    CERT_DER,           /* the whole certificate */
    CERT_SHA256,        /* of the whole certificate: CERT_SHA256_SIZE bytes */
    CERT_SUBJECT,       /* DER of the Name */
    CERT_ISSUER,        /* DER of the Name */
    CERT_SERIAL,        /* DER of the INTEGER */
    CERT_SPKI,          /* DER of the SubjectPublicKeyInfo */
    CERT_MODULUS,       /* RSA: big-endian, no leading zero; else absent */
    CERT_EXPONENT,      /* RSA: big-endian, no leading zero; else absent */
    CERT_EC_PARAMS,     /* EC: DER of the named curve's OID; else absent */
    CERT_EC_POINT,      /* EC: DER of the OCTET STRING; else absent */
    CERT_KEY_ID,        /* subject key identifier; where the extension is
                           missing, SHA-1 of the key (RFC 5280 4.2.1.2 (1)) */
    CERT_ISSUER_KEY_ID, /* authority key identifier's keyIdentifier */
    CERT_FIELDS,
};

/*
 * Parses LEN bytes of DER, which must be one certificate and nothing after.
 * DER is copied. The caller frees the result with cert_free.
 * CRYPT_MALFORMED: not a certificate, or its RSA key, its keyUsage or a key
 * identifier is malformed or there twice. Any other key is no error here;
 * see cert_key_type. Where OpenSSL runs out of
 * memory twice it may be CRYPT_MALFORMED too: a refused certificate may be
 * parsed again.
 */
enum crypt_err cert_parse(struct crypto *crypto, const uint8_t *der, size_t len,
    struct cert **ret_cert);
/* Another reference to CERT, to be freed too; NULL for NULL. */
struct cert *cert_ref(struct cert *cert);
/* The last reference wipes and frees; NULL is fine. */
void cert_free(struct cert *cert);

/*
 * A field's bytes, owned by the certificate; NULL with *RET_LEN 0 when the
 * certificate has no such field.
 */
const uint8_t *cert_field(
    const struct cert *cert, enum cert_field field, size_t *ret_len);

enum cert_key_type {
    CERT_KEY_OTHER, /* or EC that is no point on a named curve */
    CERT_KEY_RSA,
    CERT_KEY_EC,
};

enum cert_key_type cert_key_type(const struct cert *cert);

/* Bits of the RSA modulus or of the curve's field; 0 for another type. */
unsigned cert_key_bits(const struct cert *cert);

/* notBefore and notAfter in seconds since 1970-01-01 00:00:00 UTC. */
void cert_validity(
    const struct cert *cert, int64_t *ret_not_before, int64_t *ret_not_after);

/*
 * The serial number in upper-case hexadecimal, two digits a byte: the only name
 * of a certificate in a log.
 */
const char *cert_serial_text(const struct cert *cert);

/*
 * True when CERT is signed by ISSUER's key with one of SHA-224 to SHA-512;
 * names and dates do not count. False also when out of memory.
 */
bool cert_is_signed_by(const struct cert *cert, const struct cert *issuer);

#endif
