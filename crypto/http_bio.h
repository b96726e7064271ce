/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_HTTP_BIO_H
#define CRYPTO_HTTP_BIO_H

#include <openssl/types.h>
#include "crypto/cryptoerr.h"

/*
 * For the files of this folder only: a TCP connection as OpenSSL's client
 * likes to have it, with one deadline over all that happens on it and a bound
 * on what it receives. It never raises SIGPIPE.
 */
struct http_bio;

#define HTTP_BIO_RECEIVE_MAX (256 * 1024) /* bytes, headers included */

/*
 * Connects to PORT, a number, of HOST, a name or an address, trying one
 * address after the other. TIMEOUT seconds of the monotonic clock after
 * the look-up of HOST, whatever is still being done on it fails. The look-up is
 * the C library's and has no limit; one that took TIMEOUT is logged at level
 * warn. The caller frees it with
 * http_bio_free.
 * CRYPT_FAILED: there is no such host, or nobody answers there.
 */
enum crypt_err http_bio_connect(const char *host, const char *port,
    unsigned timeout, struct http_bio **ret_net);
void http_bio_free(struct http_bio *net); /* NULL is fine */

/* A blocking BIO over the connection, owned by NET. */
BIO *http_bio_bio(const struct http_bio *net);

#endif
