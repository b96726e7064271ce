/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_PORT_H
#define TOOL_BRIDGE_PORT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The browser's side: messages on standard input and output, each behind its
 * length in four bytes of native order (native messaging).
 */

#define PORT_MESSAGE_MAX 65536 /* bytes taken; Chromium would give 64 MiB */

/* What ends a port: it is looked at while a person is asked, too. */
#define PORT_WATCHED 2
struct port {
    int in, out;
    struct pollfd watched[PORT_WATCHED]; /* the end of input, and signals */
};

/*
 * Makes RET_PORT of standard input and output. Signals that would end the
 * process (SIGTERM: Firefox) end the port from here on, so that the card is
 * logged out first. False: there are no resources.
 */
bool port_open(struct port *ret_port);

/*
 * True once the browser has closed it, page left or browser gone, or wants us
 * to end: nothing is to be signed or answered any more.
 */
bool port_has_ended(const struct port *port);

enum port_result {
    PORT_MESSAGE,
    PORT_TOO_LARGE, /* a message longer than PORT_MESSAGE_MAX was passed over */
    PORT_END,
};

/* Waits for a message; PORT_MESSAGE_MAX bytes of room in RET_MESSAGE. */
enum port_result port_read(
    const struct port *port, char *ret_message, size_t *ret_len);

/* False: there is nobody to read it. */
bool port_write(const struct port *port, const char *message, size_t len);

#endif
