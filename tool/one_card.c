/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/one_card.h"

#include "conf/words_pin.h"
#include "token/errors.h"
#include "tool/output.h"

enum exit_status tell_error(enum tok_err err)
{
    static const enum exit_status statuses[TOK_ERRS] = {
        [TOK_NOMEM] = EXIT_TROUBLE,
        [TOK_CONF] = EXIT_TROUBLE,
        [TOK_CRYPTO] = EXIT_TROUBLE,
        [TOK_NO_SERVICE] = EXIT_NO_CARD,
        [TOK_NO_READER] = EXIT_NO_CARD,
        [TOK_NO_CARD] = EXIT_NO_CARD,
        [TOK_REMOVED] = EXIT_NO_CARD,
        [TOK_BUSY] = EXIT_NO_CARD,
        [TOK_IO] = EXIT_NO_CARD,
        [TOK_REPLY] = EXIT_NO_CARD,
        [TOK_NOT_JPKI] = EXIT_NO_CARD,
    };

    complain("%s", words_of(tok_err_words(err)));
    return statuses[err] ? statuses[err] : EXIT_TO_DO;
}

/* Tells why none was found: the card of KIND, of which ERR was the answer. */
static enum exit_status tell_none(enum card_kind kind, enum tok_err err)
{
    complain("%s", words_of(card_kind_words(kind, err)));
    return EXIT_NO_CARD;
}

enum exit_status one_card(struct cards *cards, const struct options *options,
    struct token **ret_token)
{
    enum exit_status status;
    const struct words *trouble = cards_trouble(cards, options, &status);
    enum card_kind best = CARD_LEFT_OUT; /* what says most of those that fail */
    enum tok_err best_err = TOK_OK;
    struct token *found = NULL;
    size_t i;

    if (trouble) {
        complain("%s", words_of(trouble));
        return status;
    }
    for (i = 0; i < cards->count; i++) {
        struct token *token = cards_token(cards, &cards->states[i]);
        enum tok_err err;
        enum card_kind kind;

        if (!cards_wants(options, cards->states[i].name))
            continue;
        kind = cards_look(&cards->states[i], token, &err);
        if (kind == CARD_JPKI && found) {
            complain(words(W_ONE_CARD_ONLY), found->name, token->name);
            return EXIT_USAGE;
        }
        if (kind == CARD_JPKI)
            found = token;
        else if (kind >= best) {
            best = kind;
            best_err = err;
        }
    }
    if (!found)
        return tell_none(best, best_err);
    *ret_token = found;
    return EXIT_GOOD;
}
