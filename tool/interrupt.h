/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_INTERRUPT_H
#define TOOL_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT end no call in the middle,
 * which could leave a card verified, a terminal without echo or half a file:
 * they are noted, and a call that waits for a person returns. SIGPIPE is
 * ignored.
 */
void interrupt_catch(void);

/* True when one of them came, or waits for interrupt_release. */
bool interrupt_came(void);

/* The same for struct card_caller; ARG is not looked at. */
bool interrupt_calls_off(void *arg);

/* A descriptor that can be read once one came; -1 before interrupt_catch. */
int interrupt_watch(void);

/*
 * While a PIN is verified in the card no signal from a terminal or another
 * process ends or stops this one: it waits for interrupt_release, which wants
 * *RET_BEFORE back. Before interrupt_catch as well as after it.
 */
void interrupt_hold(sigset_t *ret_before);
void interrupt_release(const sigset_t *before);

#endif
