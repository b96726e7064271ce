/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"

#define NO_SOCKET (-1)

/* Waits until FD is ready for EVENTS; false when DEADLINE passes before. */
static bool wait_for(int fd, short events, int64_t deadline)
{
    struct pollfd waiting = {.fd = fd, .events = events};
    int64_t left = deadline - clock_ms();
    int ready = -1;

    while (left > 0) {
        ready = poll(&waiting, 1, (int)left);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
        left = deadline - clock_ms();
    }
    return false;
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static ssize_t send_some(const struct tcp *tcp, const char *data, size_t len)
{
    ssize_t sent = -1;

    do
        sent = send(tcp->fd, data, len, MSG_NOSIGNAL);
    while (
        sent < 0 && would_block() && wait_for(tcp->fd, POLLOUT, tcp->deadline));
    return sent;
}

static ssize_t receive_some(struct tcp *tcp, char *data, size_t size)
{
    size_t room = TCP_RECEIVE_MAX - tcp->received;
    ssize_t got = -1;

    if (room == 0)
        return -1;
    do
        got = recv(tcp->fd, data, room < size ? room : size, 0);
    while (
        got < 0 && would_block() && wait_for(tcp->fd, POLLIN, tcp->deadline));
    if (got > 0)
        tcp->received += (size_t)got;
    return got;
}

bool tcp_exchange(struct tcp *tcp, BIO *out, BIO *in)
{
    char buffer[4096];
    char *data = NULL;
    long left = BIO_get_mem_data(out, &data);
    ssize_t done = 0;

    for (; left > 0; data += done, left -= done) {
        done = send_some(tcp, data, (size_t)left);
        if (done < 0)
            return false;
    }
    (void)BIO_reset(out);
    done = receive_some(tcp, buffer, sizeof buffer);
    return done > 0 && BIO_write(in, buffer, (int)done) == done;
}

/* True when the connection begun on FD is there before DEADLINE. */
static bool is_connected(int fd, int64_t deadline)
{
    int error = 0;
    socklen_t len = sizeof error;

    return wait_for(fd, POLLOUT, deadline) &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
           error == 0;
}

static int connect_to(const struct addrinfo *address, int64_t deadline)
{
    int fd = socket(address->ai_family,
        address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
        address->ai_protocol);

    if (fd == NO_SOCKET)
        return NO_SOCKET;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return fd;
    if ((errno == EINPROGRESS || errno == EINTR) && is_connected(fd, deadline))
        return fd;
    close(fd);
    return NO_SOCKET;
}

/* Each address has an equal share of the time that is left. */
static int connect_to_any(const struct addrinfo *first, int64_t deadline)
{
    const struct addrinfo *at = NULL;
    int64_t count = 0;
    int fd = NO_SOCKET;

    for (at = first; at; at = at->ai_next)
        count++;
    for (at = first; at && fd == NO_SOCKET; at = at->ai_next) {
        int64_t now = clock_ms();

        fd = connect_to(at, now + (deadline - now) / count--);
    }
    return fd;
}

/* The C library's resolver has no time limit of ours. */
static int resolve(const char *host, const char *port, unsigned timeout,
    struct addrinfo **ret_found)
{
    const struct addrinfo wanted = {
        .ai_flags = AI_NUMERICSERV,
        .ai_socktype = SOCK_STREAM,
    };
    int64_t before = clock_ms();
    int error = getaddrinfo(host, port, &wanted, ret_found);
    int64_t seconds = (clock_ms() - before) / 1000;

    if (seconds >= timeout)
        log_warn(words(W_LOG_OCSP_SLOW), host, (int)seconds);
    return error;
}

bool tcp_connect(
    const char *host, const char *port, unsigned timeout, struct tcp *ret_tcp)
{
    struct tcp tcp = {.fd = NO_SOCKET};
    struct addrinfo *found = NULL;

    if (resolve(host, port, timeout, &found) != 0)
        return false;
    tcp.deadline = clock_ms() + (int64_t)timeout * 1000;
    tcp.fd = connect_to_any(found, tcp.deadline);
    freeaddrinfo(found);
    *ret_tcp = tcp;
    return tcp.fd != NO_SOCKET;
}

void tcp_close(struct tcp *tcp)
{
    close(tcp->fd);
}
