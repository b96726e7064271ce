/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/revocation_sources.h"

#include "conf/log.h"

static void log_unknown(const struct cert *cert, const char *source,
    const struct revocation *revocation)
{
    if (revocation->status == REVOCATION_UNKNOWN)
        log_info("certificate %s: revocation unknown by %s: %s",
            cert_serial_text(cert), source, revocation->why);
}

static bool is_definite(const struct revocation *revocation)
{
    return revocation->status == REVOCATION_GOOD ||
           revocation->status == REVOCATION_REVOKED;
}

void revocation_check(struct crl_store *crl, struct ocsp *ocsp,
    const struct cert *cert, const struct cert *issuer, int64_t now,
    struct revocation *ret_revocation)
{
    *ret_revocation = (struct revocation){.status = REVOCATION_NOT_CHECKED};
    if (crl) {
        crl_store_lookup(crl, cert, issuer, now, ret_revocation);
        log_unknown(cert, "CRL", ret_revocation);
    }
    if (ocsp && !is_definite(ret_revocation)) {
        ocsp_check(ocsp, cert, issuer, now, ret_revocation);
        log_unknown(cert, "OCSP", ret_revocation);
    }
}
