/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_CARD_NUMBER_H
#define TOKEN_CARD_CARD_NUMBER_H

#include "token/card/card.h"
#include "token/card/held.h"

#define CARD_NUMBER_DIGITS 13

/*
 * Reads the first digits of the card's serial number, which no PIN guards and
 * no certificate holds (docs/card.md 1.9): the same for as long as the card
 * lives. A transaction of its own. TOK_NOT_FOUND: the card has not the common
 * application, as no phone has; TOK_REPLY: the record is another than that.
 */
enum tok_err card_number_read(struct card *card,
    char ret_number[CARD_NUMBER_DIGITS + 1]) EXCLUDES(token_held);

#endif
