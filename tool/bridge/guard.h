/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_GUARD_H
#define TOOL_BRIDGE_GUARD_H

#include <pthread.h>
#include <stdbool.h>
#include "tool/bridge/port.h"

/*
 * Has the end of a port end the process, for what cannot be called off: PC/SC
 * waits for other programs, readers and cards without limit.
 */
struct guard {
    const struct port *port;
    pthread_t thread;
    int stop; /* readable once the guard is to end */
    bool is_running;
};

/*
 * From here to guard_end the process exits a second after the end of PORT,
 * which lives as long, unless guard_end comes first. For work that leaves
 * nothing to undo: no PIN is in the card, or in memory. Without resources there
 * is no guard.
 */
void guard_begin(struct guard *guard, const struct port *port);
/* No other thread is left of it. */
void guard_end(struct guard *guard);

#endif
