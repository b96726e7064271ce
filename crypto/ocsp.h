/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_OCSP_H
#define CRYPTO_OCSP_H

#include "crypto/cert.h"
#include "crypto/revocation.h"

/*
 * A client of the Online Certificate Status Protocol (RFC 6960) over plain
 * HTTP, with a cache of its answers. Any number of threads; the lock inside is
 * never held over the network.
 */
struct ocsp;

/*
 * Makes a client that asks the responder at URL, which is copied, or where URL
 * is NULL the one that the certificate's authorityInfoAccess names. TIMEOUT is
 * in seconds. Nothing is sent. The caller frees it with ocsp_free.
 * CRYPT_MALFORMED, which is reported (log_report): no host in URL, or memory is
 * too short to tell. CRYPT_UNSUPPORTED: this build has no OCSP.
 */
enum crypt_err ocsp_new(struct crypto *crypto, const char *url,
    unsigned timeout, struct ocsp **ret_ocsp);
void ocsp_free(struct ocsp *ocsp); /* NULL is fine */

/*
 * Asks whether CERT, which the trusted CA ISSUER has signed, is revoked. An
 * answer counts when ISSUER, or a responder to which ISSUER has given a
 * certificate with id-kp-OCSPSigning that is valid at NOW, has signed it, it is
 * about CERT, and it has our nonce or none. "Good" counts when NOW is between
 * its thisUpdate, for which the responder's clock may be 5 minutes ahead, and
 * its nextUpdate, or where it has none 15 minutes later; "revoked" whatever its
 * dates. All else that comes or does not come gives REVOCATION_UNKNOWN. Of the
 * last 8 certificates "good" is cached until its nextUpdate, "revoked" for as
 * long as OCSP lives.
 *
 * Connecting and transfer together take at most TIMEOUT of the monotonic clock.
 * The lookup of a host name is the C library's and comes on top, with a warning
 * in the log where it takes as long: an address in the URL needs none.
 * No proxy, no redirection, no SIGPIPE. The caller holds no lock that others
 * need meanwhile.
 */
void ocsp_check(struct ocsp *ocsp, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation);

#endif
