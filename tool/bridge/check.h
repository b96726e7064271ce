/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_CHECK_H
#define TOOL_BRIDGE_CHECK_H

#include "tool/bridge/session.h"

/* The answer to "check": version, and the state of card and PINs. */
json_t *check_answer(struct cards *cards, const struct mode *mode)
    EXCLUDES(token_held);

#endif
