/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CERTNAME_H
#define TESTS_VCARD_CERTNAME_H

#include <openssl/x509v3.h>

#include "tests/vcard/certspec.h"

/*
 * The names in certificates and revocation lists (docs/card.md 3.1, 3.2). Each
 * is the caller's to free; NULL on failure.
 */

/* Of the CA of ROLE, the same for each generation; and as alternative name. */
X509_NAME *certname_ca(int role);
X509_NAME *certname_ca_japanese(int role);

X509_NAME *certname_subject(const struct cert_spec *spec);

/* Of the municipality's part of the revocation list. */
X509_NAME *certname_partition(const struct cert_spec *spec);

/* GeneralNames of one directoryName; takes NAME, which may be NULL. */
GENERAL_NAMES *certname_directory(X509_NAME *name);

#endif
