/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRL_PARSE_H
#define CRYPTO_CRL_PARSE_H

#include <stdbool.h>
#include <openssl/x509v3.h>
#include "crypto/cert.h"

/*
 * For the files of this folder only: one certificate revocation list (RFC 5280
 * 5.1). Its entries stay as they are encoded: to parse 100,000 of them takes
 * OpenSSL too long and too much memory.
 */
typedef struct {
    ASN1_INTEGER *version;
    X509_ALGOR *algorithm;
    ASN1_STRING *issuer;
    ASN1_TIME *this_update;
    ASN1_TIME *next_update;
    ASN1_STRING *entries; /* DER of revokedCertificates; NULL: none */
    STACK_OF(X509_EXTENSION) * extensions;
} CRL_TBS;

typedef struct {
    ASN1_STRING *tbs; /* DER of what is signed */
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *signature;
} CRL_SIGNED;

struct crl_list {
    CRL_SIGNED *whole;
    CRL_TBS *tbs;
    int64_t this_update;
    int64_t next_update;        /* without one: before everything */
    AUTHORITY_KEYID *authority; /* NULL: none */
    ISSUING_DIST_POINT *idp;    /* NULL: none */
    bool complete; /* not naming a certificate says that it is good */
};

enum crl_entry_kind {
    CRL_ENTRY_NONE,
    CRL_ENTRY_REVOKED,
    CRL_ENTRY_REMOVED, /* removeFromCRL */
};

struct crl_entry {
    enum crl_entry_kind kind;
    int reason;
    int64_t revoked_at;
};

/*
 * Reads what stands around the entries of DER, one CertificateList. False: it
 * is none, or something that is read here is malformed or there twice; or no
 * memory. The caller passes RET_LIST to crl_done.
 */
bool crl_parse(const uint8_t *der, size_t len, struct crl_list *ret_list);
void crl_done(struct crl_list *list);

/* True when ISSUER's key has signed the list. */
bool crl_is_signed_by(const struct crl_list *list, const struct cert *issuer);

/*
 * Looks for SERIAL, the DER of an INTEGER, in ENTRIES, the DER of
 * revokedCertificates or NULL. False: the entries are malformed, and those that
 * can be read do not revoke it.
 */
bool crl_find_entry(const ASN1_STRING *entries, const uint8_t *serial,
    size_t serial_len, struct crl_entry *ret_entry);

/*
 * Whether LIST is about a certificate with the distribution points DPS, which
 * may be NULL: it names no distribution point or one of DPS, and is about the
 * end-entity certificates of its own issuer. RET_ALL_REASONS: for all reasons,
 * as far as DPS say (RFC 5280 4.2.1.13).
 */
bool crl_covers(const struct crl_list *list, const CRL_DIST_POINTS *dps,
    bool *ret_all_reasons);

#endif
