/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_PROFILE_H
#define CRYPTO_PROFILE_H

#include "crypto/birth_date.h"
#include "crypto/cert.h"

/* The kind of certificate by its policy OIDs (docs/card.md 3.2). */
enum cert_policy {
    CERT_POLICY_OTHER,   /* none, malformed, or neither of the two below */
    CERT_POLICY_SIGNING, /* 1.2.392.200149.8.5.1.1.* */
    CERT_POLICY_TEST,    /* 1.2.392.200149.8.5.1.0.*, and not the former */
};

/* Bits of the keyUsage extension, as RFC 5280 4.2.1.3 counts them. */
#define CERT_USE_DIGITAL_SIGNATURE (1u << 0)
#define CERT_USE_NON_REPUDIATION (1u << 1)
#define CERT_USE_CERT_SIGN (1u << 5)
#define CERT_USE_CRL_SIGN (1u << 6)

/* What the signing policy needs to know of a certificate. */
struct cert_profile {
    unsigned key_usage; /* CERT_USE_* and others; 0: no keyUsage */
    enum cert_policy policy;
    struct birth birth; /* of subjectAltName's 1.2.392.200149.8.5.5.4 */
    int64_t not_before;
    int64_t not_after;
};

/*
 * Reads the profile of CERT. What is missing, malformed or there twice gives
 * CERT_POLICY_OTHER or BIRTH_UNKNOWN, which the policy refuses.
 */
void profile_read(const struct cert *cert, struct cert_profile *ret_profile);

#endif
