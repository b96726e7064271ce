/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CERTISSUE_H
#define TESTS_VCARD_CERTISSUE_H

#include "tests/vcard/certspec.h"

/* A self-signed CA of ROLE; NULL on failure. */
X509 *certissue_ca(int role, EVP_PKEY *key, unsigned long serial,
    time_t not_before, time_t not_after);

/* A cardholder's certificate for KEY; NULL on failure. */
X509 *certissue_holder(
    const struct cert_spec *spec, EVP_PKEY *key, const struct cert_ca *ca);

#endif
