/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_CONSENT_H
#define TOOL_BRIDGE_CONSENT_H

#include "token/typed_pin.h"
#include "tool/bridge/answer.h"
#include "tool/bridge/request.h"

/*
 * Asks the person for the PIN that REQUEST needs, in a window that says which
 * site asks, for what, and how many tries are left; one at a time for each
 * user. What cannot be the PIN is asked for again. Where the port ends
 * meanwhile the window goes. True: RET_PIN has the form of the PIN of TOKEN's
 * card. False: *RET_ANSWER says why not; NULL where nobody waits.
 */
bool consent_ask(const struct port *port, const struct request *request,
    const struct token *token, struct typed_pin *ret_pin, json_t **ret_answer);

/* The text of that window, of any size; for tests too. */
void consent_describe(const struct request *request,
    const struct retry_counter *counter, char *ret_text, size_t size);

#endif
