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
 * Has LIB make what it makes at the first use of digests and of signatures.
 * Short of memory later on it would have tried, failed, and never tried again.
 */
enum crypt_err digest_prepare(OSSL_LIB_CTX *lib);
enum crypt_err sigalg_prepare(OSSL_LIB_CTX *lib);

#endif
