/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_SIGN_H
#define TOOL_BRIDGE_SIGN_H

#include "tool/bridge/work.h"

/*
 * Logs in by the PIN and signs what the request has: the answer to "01" and
 * "02". Leaves the log-in to its caller to end. Lock held; let go meanwhile.
 */
json_t *sign_work(struct work *work) TOKEN_LOCKED;

#endif
