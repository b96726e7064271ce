/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRL_RESULT_H
#define CRYPTO_CRL_RESULT_H

#include <openssl/x509v3.h>
#include "crypto/revocation_cache.h"

/*
 * For the files of this folder only: what the lists say of one certificate,
 * list after list.
 */

/* The question that the lists are asked. */
struct crl_query {
    struct revocation_query about;
    CRL_DIST_POINTS *dps; /* of the certificate; NULL: none */
};

/* Why no list settles it, the nearest miss last. */
enum crl_miss {
    CRL_NONE,
    CRL_ABOUT_OTHERS,
    CRL_FORGED,
    CRL_MALFORMED,
    CRL_INCOMPLETE,
    CRL_ENTRY_TAKEN_BACK,
    CRL_NOT_YET_VALID,
    CRL_OUT_OF_DATE,
    CRL_MISSES,
};

/* All zero: no list yet. */
struct crl_result {
    enum crl_miss nearest;
    /* "Revoked" by the newest list that says so, else "good" by the one that
       holds longest. */
    struct revocation answer;
    int64_t by; /* its thisUpdate, its nextUpdate */
    /* A list was taken for forged or malformed, as OpenSSL also does when it
       runs out of memory. */
    bool doubtful;
};

/*
 * Adds what DER, one CertificateList, answers to QUERY. Only of a list about
 * the certificate the signature is verified and are the entries read. False: it
 * is none, or something that is read here is malformed or there twice; or no
 * memory.
 */
bool crl_result_add(struct crl_result *result, const uint8_t *der, size_t len,
    const struct crl_query *query);

/* The answer of all lists together. */
struct revocation crl_result_conclude(const struct crl_result *result);

/*
 * Looks for SERIAL, the DER of an INTEGER, in ENTRIES, the DER of
 * revokedCertificates or NULL. RET_ENTRY: revoked; unknown, for removeFromCRL;
 * or not checked, where it is not named. False: the entries are malformed, and
 * those that can be read do not revoke it.
 */
bool crl_find_entry(const ASN1_STRING *entries, const uint8_t *serial,
    size_t serial_len, struct revocation *ret_entry);

#endif
