/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SIGNATURE_H
#define CRYPTO_SIGNATURE_H

#include <stdbool.h>
#include <openssl/types.h>
#include "crypto/context.h"

/* For the files of this folder only: who has signed what. */

/*
 * True when a signature algorithm, by its NID, hashes with one of SHA-224 to
 * SHA-512: what SHA-1 and its elders have signed, others may have forged.
 * RET_DIGEST, which may be NULL, gets the hash's NID.
 */
bool signature_is_strong(int algorithm, int *ret_digest);

#endif
