/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CONTEXT_H
#define CRYPTO_CONTEXT_H

#include "crypto/cryptoerr.h"

/*
 * An OpenSSL library context of our own that loads the default provider only:
 * the host's openssl.cnf may load a PKCS#11 provider that loads this module
 * (docs/design.md section 7). May be used by several threads at once.
 *
 * No function of this folder changes the host's OpenSSL error queue; but the
 * queue is a ring of 16: of more than 8 entries, or when out of memory, the
 * host's oldest may be lost.
 */
struct crypto;

/*
 * Makes libcrypto read the host's openssl.cnf now, as it does once in a
 * process: the file may load a PKCS#11 provider that calls back into this
 * module, so the caller holds no lock.
 */
void crypto_prepare(void);

/* Creates a context; the caller frees it with crypto_free. */
enum crypt_err crypto_new(struct crypto **ret_crypto);
/* CRYPTO may be NULL. Everything made with it must have been freed before. */
void crypto_free(struct crypto *crypto);

#endif
