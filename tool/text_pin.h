/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_TEXT_PIN_H
#define TOOL_TEXT_PIN_H

#include "token/token.h"

/* What jpki status tells of the text application's PIN. */
struct text_pin {
    bool is_there; /* the card has the application */
    struct retry_counter counter;
};

/*
 * Asks the card, without a PIN: TOK_OK also where it has no text application.
 * Of an identified card; the lock is let go meanwhile.
 */
enum tok_err text_pin_ask(
    struct token *token, struct text_pin *ret_pin) TOKEN_LOCKED;

/* True when a person has to do something about it. */
bool text_pin_needs_action(const struct text_pin *pin);

/*
 * The lines for a person; nothing where there is no such application. A card
 * that MAY_BE_FOR_FACES has no PIN, or a locked one.
 */
void text_pin_show(const struct text_pin *pin, bool may_be_for_faces);

/* The member "text" of JSON, with the comma before it; null: there is none. */
void text_pin_print_json(const struct text_pin *pin);

#endif
