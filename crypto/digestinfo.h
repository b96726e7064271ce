/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_DIGESTINFO_H
#define CRYPTO_DIGESTINFO_H

#include "crypto/digest.h"

#define DIGESTINFO_MAX (19 + DIGEST_MAX)

/*
 * Builds the DER of DigestInfo (RFC 8017 section 9.2, with NULL parameters)
 * around HASH. CRYPT_MALFORMED when HASH_LEN is not the length of ALG.
 */
enum crypt_err digestinfo_build(enum digest_alg alg, const uint8_t *hash,
    size_t hash_len, uint8_t ret_info[DIGESTINFO_MAX], size_t *ret_len);

#endif
