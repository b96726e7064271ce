/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include "crypto/context.h"

enum digest_alg {
    DIGEST_SHA1,
    DIGEST_SHA224,
    DIGEST_SHA256,
    DIGEST_SHA384,
    DIGEST_SHA512,
    DIGEST_COUNT,
};

#define DIGEST_MAX 64 /* bytes of the longest digest */

/* The length of a digest in bytes. */
size_t digest_size(enum digest_alg alg);

struct digest; /* a running digest; one thread at a time */

/* Starts a digest; the caller frees it with digest_free. */
enum crypt_err digest_new(
    struct crypto *crypto, enum digest_alg alg, struct digest **ret_digest);
/* DATA may be NULL when LEN is 0. */
enum crypt_err digest_update(
    struct digest *digest, const uint8_t *data, size_t len);
/* Writes digest_size() bytes. The digest can only be freed afterwards. */
enum crypt_err digest_final(
    struct digest *digest, uint8_t ret_hash[DIGEST_MAX], size_t *ret_len);
void digest_free(struct digest *digest); /* NULL is fine */

/* All of it at once. */
enum crypt_err digest_once(struct crypto *crypto, enum digest_alg alg,
    const uint8_t *data, size_t len, uint8_t ret_hash[DIGEST_MAX],
    size_t *ret_len);

#endif
