/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SIGNATURE_NID_H
#define CRYPTO_SIGNATURE_NID_H

#include <stdbool.h>

/* For the files of this folder only. */

/*
 * True when an X.509 signature algorithm, by OpenSSL's NID, hashes with one of
 * SHA-224 to SHA-512: MD5 and SHA-1 have collisions. RET_DIGEST, which may be
 * NULL, gets the hash's NID.
 */
bool signature_nid_is_strong(int nid, int *ret_digest);

#endif
