/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_APPLICATIONS_H
#define TOKEN_CARD_APPLICATIONS_H

#include "token/card/jpki.h"

/* The applications of a My Number Card (docs/card.md 1.1). */
enum card_application {
    APPLICATION_JPKI,   /* 公的個人認証 */
    APPLICATION_COMMON, /* 共通カード: the card's own number */
    APPLICATION_JUKI,   /* 住基 */
    APPLICATION_VISUAL, /* 券面事項確認 */
    APPLICATION_TEXT,   /* 券面事項入力補助 */
    APPLICATIONS,
};

/*
 * Selects each application of a JPKI card, which tells whether the card has it,
 * and nothing more. What card_begin answers, or TOK_REPLY, TOK_IO.
 */
enum tok_err applications_ask(struct card *card, bool ret_has[APPLICATIONS])
    EXCLUDES(token_held);

#endif
