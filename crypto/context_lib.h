/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CONTEXT_LIB_H
#define CRYPTO_CONTEXT_LIB_H

#include <openssl/types.h>
#include "crypto/context.h"

/*
 * For the files of this folder only.
 *
 * Every function that other folders call sets a mark in OpenSSL's error queue
 * (ERR_set_mark) before its first call to OpenSSL and returns to that mark
 * (ERR_pop_to_mark) after its last.
 */

/* The library context to fetch from, owned by CRYPTO. */
OSSL_LIB_CTX *crypto_lib(const struct crypto *crypto);

/*
 * Make LIB load what it loads at the first use of digests and signatures: a
 * load that fails when out of memory is never retried.
 */
enum crypt_err digest_prepare(OSSL_LIB_CTX *lib);
enum crypt_err sigalg_prepare(OSSL_LIB_CTX *lib);

#endif
