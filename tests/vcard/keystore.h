/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_KEYSTORE_H
#define TESTS_VCARD_KEYSTORE_H

#include "tests/vcard/certspec.h"

/*
 * What personas share: a small pool of keys and the certification
 * authorities, made when first asked for and kept in the folder SHARED, since
 * making RSA keys is slow.
 */

/*
 * The key NAME of the pool: EC on P-384 where NAME begins with "p384", RSA of
 * 3072 bits where with "rsa3072", else RSA of 2048 bits. NULL on failure.
 */
EVP_PKEY *keystore_key(const char *shared, const char *name);

/*
 * The authority of ROLE, GENERATION 3 being the current one: SHARED/ca-auth,
 * SHARED/ca-sign, with -GENERATION for others. 0 or -1.
 */
int keystore_ca(
    const char *shared, int role, unsigned generation, struct cert_ca *ret_ca);
/* The one that lies in FOLDER, such as SHARED/ca-sign. 0, or -1 with a line on
 * stderr. */
int keystore_read_ca(const char *folder, struct cert_ca *ret_ca);
void keystore_ca_done(struct cert_ca *ca);

/*
 * The certificate at the start of a file, as on a card. NULL with a line on
 * stderr.
 */
X509 *keystore_read_cert(const char *path);

/* Writes a key as PEM, a certificate as DER. 0 or -1. */
int keystore_write_key(const char *path, EVP_PKEY *key);
int keystore_write_cert(const char *path, X509 *cert);

#endif
