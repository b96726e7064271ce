/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_INTERRUPT_H
#define TOOL_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP end no call in the middle, which
 * could leave a card verified or a terminal without echo: they are noted, and
 * a call that waits for a person returns. SIGPIPE is ignored.
 */
void interrupt_catch(void);

/* True when one of them came. */
bool interrupt_came(void);

/*
 * While a PIN is verified in the card no signal from a terminal or another
 * process ends or stops this one: it waits for interrupt_release, which wants
 * *RET_BEFORE back. Before interrupt_catch as well as after it.
 */
void interrupt_hold(sigset_t *ret_before);
void interrupt_release(const sigset_t *before);

#endif
