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

/* What the signing policy needs to know of a certificate. */
struct cert_profile {
    unsigned key_usage; /* CERT_USE_* */
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
