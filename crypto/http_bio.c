/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/http_bio.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/bio.h>

#include "conf/log.h"

#define NO_SOCKET (-1)

struct http_bio {
    BIO_METHOD *method;
    BIO *bio;
    int fd;
    int64_t deadline; /* milliseconds of the monotonic clock */
    size_t received;
};

static int64_t milliseconds(void)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until FD is ready for EVENTS; false when DEADLINE passes before. */
static bool wait_for(int fd, short events, int64_t deadline)
{
    struct pollfd waiting = {.fd = fd, .events = events};
    int64_t left = deadline - milliseconds();
    int ready = -1;

    while (left > 0) {
        ready = poll(&waiting, 1, (int)left);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
        left = deadline - milliseconds();
    }
    return false;
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int send_some(BIO *bio, const char *data, int len)
{
    struct http_bio *http = BIO_get_data(bio);
    ssize_t sent = -1;

    do
        sent = send(http->fd, data, (size_t)len, MSG_NOSIGNAL);
    while (sent < 0 && would_block() &&
           wait_for(http->fd, POLLOUT, http->deadline));
    return (int)sent;
}

static int receive_some(BIO *bio, char *data, int len)
{
    struct http_bio *http = BIO_get_data(bio);
    size_t room = HTTP_BIO_RECEIVE_MAX - http->received;
    ssize_t got = -1;

    if (room > (size_t)len)
        room = (size_t)len;
    if (room == 0)
        return -1;
    do
        got = recv(http->fd, data, room, 0);
    while (
        got < 0 && would_block() && wait_for(http->fd, POLLIN, http->deadline));
    if (got > 0)
        http->received += (size_t)got;
    return (int)got;
}

/* The only command that the HTTP client sends is a flush. */
static long control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static enum crypt_err make_bio(struct http_bio *http)
{
    http->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "deadline");
    if (!http->method || BIO_meth_set_write(http->method, send_some) != 1 ||
        BIO_meth_set_read(http->method, receive_some) != 1 ||
        BIO_meth_set_ctrl(http->method, control) != 1)
        return CRYPT_NOMEM;
    http->bio = BIO_new(http->method);
    if (!http->bio)
        return CRYPT_NOMEM;
    BIO_set_data(http->bio, http);
    BIO_set_init(http->bio, 1);
    return CRYPT_OK;
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
        int64_t now = milliseconds();

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
    int64_t before = milliseconds();
    int error = getaddrinfo(host, port, &wanted, ret_found);
    int64_t seconds = (milliseconds() - before) / 1000;

    if (seconds >= timeout)
        log_warn("ocsp: looking up %s took %d s, which ocsp_timeout does not "
                 "cover: check the name servers, or name an address",
            host, (int)seconds);
    return error;
}

static enum crypt_err open_socket(
    struct http_bio *http, const char *host, const char *port, unsigned timeout)
{
    struct addrinfo *found = NULL;

    if (resolve(host, port, timeout, &found) != 0)
        return CRYPT_FAILED;
    http->deadline = milliseconds() + (int64_t)timeout * 1000;
    http->fd = connect_to_any(found, http->deadline);
    freeaddrinfo(found);
    return http->fd == NO_SOCKET ? CRYPT_FAILED : CRYPT_OK;
}

enum crypt_err http_bio_connect(const char *host, const char *port,
    unsigned timeout, struct http_bio **ret_http)
{
    struct http_bio *http = calloc(1, sizeof *http);
    enum crypt_err err = CRYPT_NOMEM;

    if (!http)
        return CRYPT_NOMEM;
    http->fd = NO_SOCKET;
    err = open_socket(http, host, port, timeout);
    if (err == CRYPT_OK)
        err = make_bio(http);
    if (err != CRYPT_OK) {
        http_bio_free(http);
        return err;
    }
    *ret_http = http;
    return CRYPT_OK;
}

void http_bio_free(struct http_bio *http)
{
    if (!http)
        return;
    BIO_free(http->bio);
    BIO_meth_free(http->method);
    if (http->fd != NO_SOCKET)
        close(http->fd);
    free(http);
}

BIO *http_bio_get(const struct http_bio *http)
{
    return http->bio;
}
