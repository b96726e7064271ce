/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_APPLICATIONS_H
#define TOKEN_CARD_APPLICATIONS_H

#include "token/card/jpki.h"

/*
 * Selects each application of a JPKI card, which tells whether the card has it,
 * and nothing more. What card_begin answers, or TOK_REPLY, TOK_IO.
 */
enum tok_err applications_ask(struct card *card, bool ret_has[APPLICATIONS])
    EXCLUDES(token_held);

#endif
