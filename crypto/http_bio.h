/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_HTTP_BIO_H
#define CRYPTO_HTTP_BIO_H

#include <openssl/types.h>
#include "crypto/cryptoerr.h"

/*
 * For the files of this folder only: a TCP connection as a BIO for OpenSSL's
 * HTTP client, with one deadline over everything and a limit on what it
 * receives. It never raises SIGPIPE.
 */
struct http_bio;

#define HTTP_BIO_RECEIVE_MAX (256 * 1024) /* bytes, headers included */

/*
 * Connects to PORT, a number, of HOST, a name or an address, trying one address
 * after the other. TIMEOUT seconds of the monotonic clock after the lookup of
 * HOST all that is still under way fails. The lookup is the C library's and has
 * no limit; one that took TIMEOUT is logged at level warn. The caller frees
 * RET_HTTP with http_bio_free. CRYPT_FAILED: no such host, or no connection.
 */
enum crypt_err http_bio_connect(const char *host, const char *port,
    unsigned timeout, struct http_bio **ret_http);
void http_bio_free(struct http_bio *http); /* NULL is fine */

/* A blocking BIO over the connection, owned by HTTP. */
BIO *http_bio_get(const struct http_bio *http);

#endif
