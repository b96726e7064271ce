/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/port.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

bool port_open(struct port *ret_port)
{
    sigset_t ending;
    int signals;

    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGHUP);
    /* From the terminal that the browser was started in. */
    sigaddset(&ending, SIGQUIT);
    sigaddset(&ending, SIGTSTP);
    if (sigprocmask(SIG_BLOCK, &ending, NULL) != 0)
        return false;
    signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    *ret_port = (struct port){.in = STDIN_FILENO,
        .out = STDOUT_FILENO,
        .watched = {{.fd = STDIN_FILENO, .events = POLLRDHUP},
            {.fd = signals, .events = POLLIN}}};
    return signals >= 0;
}

bool port_has_ended(const struct port *port)
{
    struct pollfd watched[PORT_WATCHED];

    memcpy(watched, port->watched, sizeof watched);
    return poll(watched, PORT_WATCHED, 0) != 0;
}

/* True once there is input, before a signal. */
static bool wait_for_input(const struct port *port)
{
    struct pollfd polled[] = {
        {.fd = port->in, .events = POLLIN}, port->watched[1]};
    int n;

    do {
        n = poll(polled, 2, -1);
    } while (n < 0 && errno == EINTR);
    return n > 0 && !polled[1].revents;
}

/* SIZE bytes into BYTES, or away where that is NULL. False: the end. */
static bool read_all(const struct port *port, char *bytes, size_t size)
{
    char away[4096];

    while (size > 0) {
        size_t room = bytes || size < sizeof away ? size : sizeof away;
        ssize_t n;

        if (!wait_for_input(port))
            return false;
        n = read(port->in, bytes ? bytes : away, room);
        if (n <= 0)
            return false;
        if (bytes)
            bytes += n;
        size -= (size_t)n;
    }
    return true;
}

enum port_result port_read(
    const struct port *port, char *ret_message, size_t *ret_len)
{
    uint32_t len;

    if (!read_all(port, (char *)&len, sizeof len))
        return PORT_END;
    if (len > PORT_MESSAGE_MAX)
        return read_all(port, NULL, len) ? PORT_TOO_LARGE : PORT_END;
    *ret_len = len;
    return read_all(port, ret_message, len) ? PORT_MESSAGE : PORT_END;
}

static bool write_all(const struct port *port, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(port->out, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

bool port_write(const struct port *port, const char *message, size_t len)
{
    uint32_t prefix = (uint32_t)len;

    return write_all(port, (const char *)&prefix, sizeof prefix) &&
           write_all(port, message, len);
}
