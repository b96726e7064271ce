/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_SESSION_H
#define TOOL_BRIDGE_SESSION_H

#include "tool/bridge/answer.h"
#include "tool/bridge/request.h"
#include "tool/cards.h"

/*
 * Serves REQUEST, one with a PIN, on the only My Number Card there is: finds
 * it, asks the person, does the work, logs out. What is against it is told
 * before anybody is asked, as far as it shows without a PIN. The answer; NULL
 * where the port ended meanwhile.
 */
json_t *session_run(const struct port *port, struct cards *cards,
    const struct request *request) EXCLUDES(token_held);

/*
 * The only My Number Card in CARDS, identified and not locked; NULL with
 * *RET_WORDS for a person.
 */
struct token *session_find_card(
    struct cards *cards, const struct words **ret_words) EXCLUDES(token_held);

#endif
