/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_INTERRUPT_H
#define TOOL_INTERRUPT_H

#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP end no call in the middle, which
 * could leave a card verified or a terminal without echo: they are noted, and
 * a call that waits for a person returns. SIGPIPE is ignored.
 */
void interrupt_catch(void);

/* True when one of them came. */
bool interrupt_came(void);

#endif
