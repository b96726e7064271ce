/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_WORK_H
#define TOOL_BRIDGE_WORK_H

#include "tool/bridge/answer.h"
#include "tool/bridge/code.h"
#include "tool/bridge/request.h"
#include "tool/bridge/state.h"
#include "token/typed_pin.h"

/* What is done for a request once the person has agreed to it. */
struct work {
    const struct port *port;
    const struct request *request;
    struct token *token;
    const struct typed_pin *pin;
    struct token_caller caller; /* waits until the port ends */
    uint8_t uuid[STATE_UUID_SIZE];
    char code[CODE_SIZE]; /* as code_make has it, from before the PIN */
};

#endif
