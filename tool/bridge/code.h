/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_CODE_H
#define TOOL_BRIDGE_CODE_H

#include "tool/bridge/answer.h"
#include "tool/bridge/state.h"

/* UUID as a member of ANSWER. False: there is no memory. */
bool code_add_uuid(json_t *answer, const uint8_t uuid[STATE_UUID_SIZE]);

/*
 * The combination_code of TOKEN's card and UUID as a member of ANSWER, unless
 * the configuration keeps it back or the card has no number. The same at each
 * visit, whatever certificate the card has. Lock held; let go meanwhile.
 */
enum tok_err code_add(struct token *token, const uint8_t uuid[STATE_UUID_SIZE],
    json_t *answer) TOKEN_LOCKED;

#endif
