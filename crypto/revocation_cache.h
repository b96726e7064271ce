/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_REVOCATION_CACHE_H
#define CRYPTO_REVOCATION_CACHE_H

#include "crypto/cert.h"
#include "crypto/revocation.h"

/* For the files of this folder only. */

/* Whether CERT, which the trusted CA ISSUER has signed, is revoked at NOW. */
struct revocation_query {
    const struct cert *cert;
    const struct cert *issuer;
    int64_t now;
};

/*
 * The last answers about a few certificates. All zero is an empty cache. The
 * caller holds the lock that guards it.
 */

/* As many certificates as cards are likely to come to one computer at once. */
#define REVOCATION_CACHE_SIZE 8

struct revocation_cache {
    struct revocation_cache_entry {
        uint8_t cert[CERT_SHA256_SIZE];
        uint8_t issuer[CERT_SHA256_SIZE];
        uint8_t source[CERT_SHA256_SIZE];
        struct revocation answer;
        int64_t since; /* when it was given */
    } entries[REVOCATION_CACHE_SIZE];
    size_t next; /* to be overwritten */
};

/*
 * The answer to QUERY that SOURCE, CERT_SHA256_SIZE bytes that identify it, has
 * given; NULL: any source. False when there is none that still holds: "revoked"
 * holds for ever, for JPKI releases no certificate; "good" until its
 * nextUpdate, but not before it was given (a clock set back).
 */
bool revocation_cache_find(const struct revocation_cache *cache,
    const struct revocation_query *query, const uint8_t *source,
    struct revocation *ret_answer);

/*
 * Keeps ANSWER to QUERY by SOURCE (NULL: not to be found by its source), in
 * place of the last one about the same certificates, else of the oldest. An
 * unknown status is not kept, but replaces the last one.
 */
void revocation_cache_put(struct revocation_cache *cache,
    const struct revocation_query *query, const uint8_t *source,
    const struct revocation *answer);

#endif
