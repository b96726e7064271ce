/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_ONE_CARD_H
#define TOOL_ONE_CARD_H

#include "tool/cards.h"

/*
 * For the commands that use one card: looks for the only My Number Card in the
 * readers of CARDS, which were opened, that OPTIONS and the configuration want,
 * and identifies it. EXIT_GOOD with its token in RET_TOKEN, not locked; else
 * standard error was told why.
 */
enum exit_status one_card(struct cards *cards, const struct options *options,
    struct token **ret_token) EXCLUDES(token_held);

/* Tells standard error what ERR means; what to exit with. */
enum exit_status tell_error(enum tok_err err);

#endif
