/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/cards.h"

#include <string.h>

void cards_open(struct cards *cards)
{
    memset(cards, 0, sizeof *cards);
    cards->err = TOK_CRYPTO;
    if (context_prepare())
        cards->err = context_new(&cards->context);
    if (cards->err == TOK_OK)
        cards->err = readers_new(cards->context, &cards->readers);
    if (cards->err == TOK_OK)
        cards->err =
            readers_refresh(cards->readers, cards->states, &cards->count);
}

void cards_close(struct cards *cards)
{
    readers_free(cards->readers);
    context_free(cards->context);
    memset(cards, 0, sizeof *cards);
}

bool cards_wants(const struct options *options, const char *name)
{
    const char *text = options->value[OPTION_READER];

    return !text || strcasestr(name, text);
}

struct token *cards_token(struct cards *cards, const struct options *options,
    const struct reader_state *state)
{
    size_t i;

    if (!cards_wants(options, state->name))
        return NULL;
    for (i = 0; i < readers_count(cards->readers); i++) {
        struct token *token = readers_token(cards->readers, i);

        if (strcmp(token->name, state->name) == 0)
            return token;
    }
    return NULL;
}
