/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_RECOGNISE_H
#define TOKEN_RECOGNISE_H

#include "token/token.h"

/*
 * Makes sure that the card is known to be a JPKI card: TOK_NO_CARD,
 * TOK_NOT_JPKI, TOK_REMOVED, or what the card answered. Where there is no user,
 * a card that has to be asked is asked for the retry counters of the roles that
 * are shown as well: the connection is not kept, and abilities_refresh_counter
 * makes none. Lock held; let go meanwhile.
 */
enum tok_err recognise(struct token *token) TOKEN_LOCKED;

#endif
