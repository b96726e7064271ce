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

/*
 * Why ROLE's PIN is not to be asked for: TOK_NOT_ISSUED, TOK_PIN_LOCKED,
 * TOK_LAST_TRY, or what abilities_ask_counter answers; TOK_OK where it can be
 * used. Of an identified card. Lock held; let go meanwhile.
 */
enum tok_err session_check_pin(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

#endif
