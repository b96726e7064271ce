/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_REVOCATION_H
#define CRYPTO_REVOCATION_H

#include <stdint.h>
#include "conf/words.h"

enum revocation_status {
    REVOCATION_NOT_CHECKED, /* no source was asked */
    REVOCATION_GOOD,
    REVOCATION_REVOKED,
    REVOCATION_UNKNOWN, /* no source gave an answer to rely on */
};

/* One answer, of a CRL or of OCSP. All zero is REVOCATION_NOT_CHECKED. */
struct revocation {
    enum revocation_status status;
    int reason;          /* revoked: CRLReason (RFC 5280 5.3.1), 0 to 10 */
    int64_t revoked_at;  /* revoked: seconds since 1970; 0: not told */
    int64_t next_update; /* good: valid until this second */
    const char *why;     /* unknown: the reason, for the log; static */
};

/* REVOCATION_UNKNOWN, for the reason WHY, which is not copied. */
struct revocation revocation_unknown(const char *why);

/* A reason for a revocation, in words. */
struct revocation_reason {
    const char *name; /* RFC 5280's, "affiliationChanged" */
    /* For a person: without a full stop, after "Reason: ". */
    struct words meaning;
};

/* The words for REASON; for one that RFC 5280 does not know, "unspecified". */
const struct revocation_reason *revocation_reason(int reason);

/* REVOCATION_UNKNOWN where REVOCATION was good and has expired at NOW. */
enum revocation_status revocation_status_at(
    const struct revocation *revocation, int64_t now);

/* "good", "revoked", "unknown" or "not checked". */
const char *revocation_status_word(enum revocation_status status);

#endif
