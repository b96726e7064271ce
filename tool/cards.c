/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/cards.h"

#include <stdlib.h>
#include <string.h>

#include "conf/text.h"
#include "conf/words_card.h"
#include "conf/words_status.h"
#include "token/abilities.h"
#include "token/errors.h"

void cards_open(struct cards *cards)
{
    memset(cards, 0, sizeof *cards);
    cards->err = TOK_NOMEM;
    cards->states = calloc(READERS_MAX, sizeof *cards->states);
    if (cards->states && context_prepare())
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
    free(cards->states);
    memset(cards, 0, sizeof *cards);
}

bool cards_wants(const struct options *options, const char *name)
{
    const char *text = options->value[OPTION_READER];

    return !text || strcasestr(name, text);
}

const char *cards_reader(
    const struct token *token, char ret_name[READER_NAME_MAX])
{
    memcpy(ret_name, token->name, READER_NAME_MAX);
    text_sanitize(ret_name);
    return ret_name;
}

struct token *cards_token(struct cards *cards, const struct reader_state *state)
{
    size_t i;

    for (i = 0; i < readers_count(cards->readers); i++) {
        struct token *token = readers_token(cards->readers, i);

        if (strcmp(token->name, state->name) == 0)
            return token;
    }
    return NULL;
}

enum card_kind cards_look(const struct reader_state *state, struct token *token,
    enum tok_err *ret_err)
{
    *ret_err = TOK_OK;
    if (!token)
        return CARD_LEFT_OUT;
    if (!state->present)
        return CARD_NONE;
    if (state->mute)
        return CARD_MUTE;
    token_lock(token);
    if (token->users == 0)
        token_add_user(token);
    *ret_err = recognise(token, JPKI_SIGN);
    token_unlock(token);
    switch (*ret_err) {
    case TOK_OK:
        return CARD_JPKI;
    case TOK_NOT_JPKI:
        return CARD_OTHER;
    default:
        return CARD_FAILED;
    }
}

struct found cards_find(struct cards *cards, const struct options *options)
{
    struct found found = {.kind = CARD_LEFT_OUT};
    size_t i;

    for (i = 0; i < cards->count && !found.second; i++) {
        const struct reader_state *state = &cards->states[i];
        struct token *token = cards_token(cards, state);
        enum card_kind kind;
        enum tok_err err;

        if (!cards_wants(options, state->name))
            continue;
        kind = cards_look(state, token, &err);
        if (kind == CARD_JPKI && !found.token)
            found.token = token;
        else if (kind == CARD_JPKI)
            found.second = token;
        else if (kind >= found.kind) {
            found.kind = kind;
            found.err = err;
        }
    }
    return found;
}

static const struct {
    const char *word;
    struct words words;
} kinds[CARD_KINDS] = {
    [CARD_LEFT_OUT] = {"left-out", {W_READER_LEFT_OUT}},
    [CARD_NONE] = {"empty", {W_READER_EMPTY}},
    [CARD_MUTE] = {"mute", {W_READER_MUTE}},
    [CARD_OTHER] = {"other", {NULL, NULL}},
    [CARD_FAILED] = {"failed", {NULL, NULL}},
    [CARD_JPKI] = {"jpki", {NULL, NULL}},
};

const char *card_kind_word(enum card_kind kind)
{
    return kinds[kind].word;
}

const struct words *card_kind_words(enum card_kind kind, enum tok_err err)
{
    static const struct words exclusive = {W_CARD_EXCLUSIVE};

    if (kind == CARD_JPKI)
        return NULL;
    if (kinds[kind].words.en)
        return &kinds[kind].words;
    return err == TOK_BUSY ? &exclusive : tok_err_words(err);
}

const struct words *cards_trouble(const struct cards *cards,
    const struct options *options, enum exit_status *ret_status)
{
    static const struct words not_asked = {W_READER_NOT_ASKED};
    const struct trouble *trouble;
    size_t i;

    *ret_status = EXIT_NO_CARD;
    if (!cards->readers) {
        *ret_status = EXIT_TROUBLE;
        return tok_err_words(cards->err);
    }
    trouble = readers_trouble();
    if (trouble)
        return trouble->advice.en ? &trouble->advice
                                  : tok_err_words(cards->err);
    for (i = 0; i < cards->count; i++)
        if (cards_wants(options, cards->states[i].name))
            return NULL;
    return &not_asked;
}
