/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_FACTS_H
#define TOKEN_FACTS_H

#include "token/card/facts.h"
#include "token/token.h"

/*
 * What a card answers to commands that change nothing (token/card/facts.h). Of
 * an identified card; all with the lock held, which is let go meanwhile.
 */

/*
 * Asks all that needs no PIN, and times from here on, until facts_end, what is
 * sent to the card. No VERIFY but queries.
 */
enum tok_err facts_begin(
    struct token *token, struct card_facts *facts) TOKEN_LOCKED;

/* How many PINs facts_ask_verified sends. */
#define FACTS_PINS 2

/*
 * Asks what the authentication PIN is wanted for, with that of the log-in, and
 * makes no signature. TOK_NOT_LOGGED_IN; TOK_CANCELLED: CALLER is gone;
 * TOK_PIN_CHANGED: the log-in has ended.
 */
enum tok_err facts_ask_verified(struct token *token,
    const struct card_caller *caller, struct card_facts *facts) TOKEN_LOCKED;

/* FACTS are not needed any more by TOKEN. */
void facts_end(struct token *token) TOKEN_LOCKED;

#endif
