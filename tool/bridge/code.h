/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_CODE_H
#define TOOL_BRIDGE_CODE_H

#include "tool/bridge/answer.h"
#include "tool/bridge/state.h"

/* UUID as a member of ANSWER. False: there is no memory. */
bool code_add_uuid(json_t *answer, const uint8_t uuid[STATE_UUID_SIZE]);

/* 64 hexadecimal digits and a NUL. */
#define CODE_SIZE 65

/*
 * The combination_code of TOKEN's card and UUID, which wants no PIN; "" where
 * the configuration keeps it back, or the card has no number or none of the
 * right form. The same at each visit, whatever certificate the card has. Lock
 * held; let go meanwhile.
 */
enum tok_err code_make(struct token *token, const uint8_t uuid[STATE_UUID_SIZE],
    char ret_code[CODE_SIZE]) TOKEN_LOCKED;

/* CODE as a member of ANSWER, unless it is "". False: there is no memory. */
bool code_add(json_t *answer, const char *code);

#endif
