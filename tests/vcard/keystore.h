/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_KEYSTORE_H
#define TESTS_VCARD_KEYSTORE_H

#include "tests/vcard/certspec.h"

/*
 * What personas share: a small pool of RSA keys and the certification
 * authorities, made when first asked for and kept in the folder SHARED, since
 * making RSA keys is slow.
 */

/* Key NUMBER of the pool; NULL on failure. */
EVP_PKEY *keystore_key(const char *shared, const char *name);

/*
 * The authority of ROLE, GENERATION 3 being the current one: SHARED/ca-auth,
 * SHARED/ca-sign, with -GENERATION for others. 0 or -1.
 */
int keystore_ca(
    const char *shared, int role, unsigned generation, struct cert_ca *ret_ca);
void keystore_ca_done(struct cert_ca *ca);

/* Writes a key as PEM, a certificate as DER. 0 or -1. */
int keystore_write_key(const char *path, EVP_PKEY *key);
int keystore_write_cert(const char *path, X509 *cert);

#endif
