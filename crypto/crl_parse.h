/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRL_PARSE_H
#define CRYPTO_CRL_PARSE_H

#include <stdbool.h>
#include <openssl/x509v3.h>
#include "crypto/cert.h"
#include "crypto/der.h"

/*
 * For the files of this folder only: one certificate revocation list. Nothing
 * here is copied; a list is valid as long as the bytes it was read from.
 */
struct crl_list {
    struct der tbs;       /* what is signed */
    struct der algorithm; /* of the signature */
    struct der signature; /* without the count of unused bits */
    struct der entries;   /* those of revokedCertificates */
    int64_t this_update;
    int64_t next_update;         /* without one: before everything */
    struct der idp;              /* issuingDistributionPoint; no bytes: none */
    struct der authority_key_id; /* keyIdentifier; no bytes: none */
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
 * is none, or something that is read here is malformed or there twice.
 */
bool crl_parse(struct der der, struct crl_list *ret_list);

/* True when ISSUER's key has signed the list. */
bool crl_is_signed_by(const struct crl_list *list, const struct cert *issuer);

/*
 * Looks for SERIAL, the DER of an INTEGER. False: the entries are malformed,
 * and those that can be read do not revoke it.
 */
bool crl_find_entry(const struct crl_list *list, struct der serial,
    struct crl_entry *ret_entry);

/*
 * Whether a list with the issuingDistributionPoint IDP, of a list that was
 * parsed, is about a certificate with the distribution points DPS, which may be
 * NULL: the list names no distribution point or one of DPS, and is about the
 * end-entity certificates of its own issuer. RET_ALL_REASONS: for all reasons,
 * as far as DPS say (RFC 5280 4.2.1.13). CRYPT_OK or CRYPT_NOMEM.
 */
enum crypt_err crl_covers(struct der idp, const CRL_DIST_POINTS *dps,
    bool *ret_covers, bool *ret_all_reasons);

#endif
