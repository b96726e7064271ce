/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CRLSPEC_H
#define TESTS_VCARD_CRLSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "tests/vcard/certspec.h"

/* Revocation lists of the tests' own CAs (docs/card.md section 4). */

#define CRLSPEC_NO_REASON (-1)

struct crl_entry_spec {
    X509 *cert;
    int reason; /* CRLReason, or CRLSPEC_NO_REASON */
};

struct crl_spec {
    struct cert_ca ca;
    const X509 *partition; /* the list is that of its municipality; NULL: of
                              all of them */
    time_t this_update, next_update; /* next_update 0: none */
    const struct crl_entry_spec *entries;
    size_t n_entries;
};

/* NULL on failure, with a line on stderr. */
X509_CRL *crlspec_make(const struct crl_spec *spec);

/* The reason that openssl.cnf calls by this NAME; CRLSPEC_NO_REASON for none.
 */
int crlspec_reason(const char *name);

/* Writes DER or PEM. 0, or -1 with a line on stderr. */
int crlspec_write(const char *path, X509_CRL *crl, bool pem);

#endif
