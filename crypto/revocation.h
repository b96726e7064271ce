/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_REVOCATION_H
#define CRYPTO_REVOCATION_H

#include <stdint.h>
#include "crypto/cert.h"

struct crl_store;
struct ocsp;

enum revocation_status {
    REVOCATION_NOT_CHECKED, /* nobody was asked */
    REVOCATION_GOOD,
    REVOCATION_REVOKED,
    REVOCATION_UNKNOWN, /* asked, without an answer to rely on */
};

/* One answer, of a CRL or of OCSP. All zero is REVOCATION_NOT_CHECKED. */
struct revocation {
    enum revocation_status status;
    int reason;          /* revoked: CRLReason (RFC 5280 5.3.1), 0 to 10 */
    int64_t revoked_at;  /* revoked: seconds since 1970; 0: not told */
    int64_t next_update; /* good: not to be relied on after this second */
    const char *why;     /* unknown: half a sentence for the log, static */
};

/* REVOCATION_UNKNOWN, for the reason WHY, which is not copied. */
struct revocation revocation_unknown(const char *why);

/*
 * The name that RFC 5280 gives to a reason, "affiliationChanged"; of one that
 * it does not know, "unspecified".
 */
const char *revocation_reason_name(int reason);

/*
 * What a person is to make of a reason: one sentence, without a full stop, that
 * follows "Reason: ".
 */
const char *revocation_reason_meaning(int reason);

/* REVOCATION_UNKNOWN where REVOCATION was good and is not any more at NOW. */
enum revocation_status revocation_status_at(
    const struct revocation *revocation, int64_t now);

/* "good", "revoked", "unknown" or "not checked". */
const char *revocation_status_word(enum revocation_status status);

/*
 * Asks the CRLs, and OCSP only when these settle nothing. CRL and OCSP may each
 * be NULL, not configured; where both are, the answer is
 * REVOCATION_NOT_CHECKED. ISSUER is the trusted CA that has signed CERT. Reads
 * files and may use the network, so it takes time: to be called without any
 * reader's lock. Any number of threads. An unknown status is logged with its
 * cause.
 */
void revocation_check(struct crl_store *crl, struct ocsp *ocsp,
    const struct cert *cert, const struct cert *issuer, int64_t now,
    struct revocation *ret_revocation);

#endif
