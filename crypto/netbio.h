/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_NETBIO_H
#define CRYPTO_NETBIO_H

#include <openssl/types.h>
#include "crypto/cryptoerr.h"

/*
 * For the files of this folder only: a TCP connection as OpenSSL's client
 * likes to have it, with one deadline over all that happens on it and a bound
 * on what it receives. It never raises SIGPIPE.
 */
struct netbio;

#define NETBIO_RECEIVE_MAX (256 * 1024) /* bytes, headers included */

/*
 * Connects to PORT, a number, of HOST, a name or an address, trying one
 * address after the other. TIMEOUT seconds of the monotonic clock after
 * the look-up of HOST, whatever is still being done on it fails. The look-up is
 * the C library's and has no limit; one that took TIMEOUT is logged at level
 * warn. The caller frees it with
 * netbio_free.
 * CRYPT_FAILED: there is no such host, or nobody answers there.
 */
enum crypt_err netbio_connect(const char *host, const char *port,
    unsigned timeout, struct netbio **ret_net);
void netbio_free(struct netbio *net); /* NULL is fine */

/* A blocking BIO over the connection, owned by NET. */
BIO *netbio_bio(const struct netbio *net);

#endif
