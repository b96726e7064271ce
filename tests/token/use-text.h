/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TOKEN_USE_TEXT_H
#define TESTS_TOKEN_USE_TEXT_H

#include "token/token.h"

/*
 * Reads TOKEN's text application with PIN and prints it, after a wrong PIN that
 * is given again and again: what the card refused is not sent once more (rule
 * 3), as the ledger has it. TOK_REPLY where it was.
 */
enum tok_err use_text(struct token *token, const char *pin)
    REQUIRES(token_held);

#endif
