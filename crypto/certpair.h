/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERTPAIR_H
#define CRYPTO_CERTPAIR_H

#include <stdbool.h>
#include "crypto/cert.h"
#include "crypto/digest.h"

/*
 * For the files of this folder only: a certificate and its CA's, to be known
 * again when what was found about them is remembered.
 */
struct certpair {
    uint8_t digests[2][DIGEST_MAX];
};

enum crypt_err certpair_make(struct crypto *crypto, const struct cert *cert,
    const struct cert *issuer, struct certpair *ret_pair);

bool certpair_equal(const struct certpair *a, const struct certpair *b);

#endif
