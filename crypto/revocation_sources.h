/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_REVOCATION_SOURCES_H
#define CRYPTO_REVOCATION_SOURCES_H

#include "crypto/crl.h"
#include "crypto/ocsp.h"

/*
 * Asks the CRLs, and OCSP only where these say neither good nor revoked. CRL
 * and OCSP may each be NULL, not configured; where both are, the answer is
 * REVOCATION_NOT_CHECKED. ISSUER is the trusted CA that has signed CERT. Reads
 * files and may use the network, so it takes time: the caller holds no reader's
 * lock. Any number of threads. An unknown status is logged with its reason.
 */
void revocation_check(struct crl_store *crl, struct ocsp *ocsp,
    const struct cert *cert, const struct cert *issuer, int64_t now,
    struct revocation *ret_revocation);

#endif
