/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_TCP_H
#define CRYPTO_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/types.h>

/*
 * For the files of this folder only: a TCP connection for OpenSSL's HTTP
 * client, with one deadline over everything and a limit on what it receives. It
 * never raises SIGPIPE.
 */
struct tcp {
    int fd;
    int64_t deadline; /* milliseconds of the monotonic clock */
    size_t received;
};

#define TCP_RECEIVE_MAX (256 * 1024) /* bytes, headers included */

/*
 * Connects to PORT, a number, of HOST, a name or an address, trying one address
 * after the other. TIMEOUT seconds of the monotonic clock after the lookup of
 * HOST all that is still under way fails. The lookup is the C library's and has
 * no limit; one that took TIMEOUT is logged at level warn. False: no such host,
 * or no connection. The caller passes RET_TCP to tcp_close after true.
 */
bool tcp_connect(
    const char *host, const char *port, unsigned timeout, struct tcp *ret_tcp);
void tcp_close(struct tcp *tcp);

/*
 * Sends what OUT holds and waits for some bytes, which it adds to IN; both are
 * memory BIOs. False: the connection or its time is over, or no memory.
 */
bool tcp_exchange(struct tcp *tcp, BIO *out, BIO *in);

#endif
