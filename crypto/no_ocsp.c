/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of ocsp.c in a build without OCSP (meson option `ocsp`), whose
 * configuration takes no responder.
 */
#include "crypto/ocsp.h"

enum crypt_err ocsp_new(struct crypto *crypto, const char *url,
    unsigned timeout, struct ocsp **ret_ocsp)
{
    (void)crypto;
    (void)url;
    (void)timeout;
    (void)ret_ocsp;
    return CRYPT_UNSUPPORTED;
}

void ocsp_free(struct ocsp *ocsp)
{
    (void)ocsp;
}

void ocsp_check(struct ocsp *ocsp, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation)
{
    (void)ocsp;
    (void)cert;
    (void)issuer;
    (void)now;
    *ret_revocation = revocation_unknown("this build has no OCSP");
}
