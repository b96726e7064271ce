/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/one_card.h"

#include "conf/words_card.h"
#include "conf/words_pin.h"
#include "token/abilities.h"
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

static enum tok_err identify(struct token *token)
{
    enum tok_err err;

    token_lock(token);
    err = recognise(token);
    token_unlock(token);
    return err;
}

/* Why no card was found, of which the last reader's card said ERR. */
static enum exit_status tell_none(
    const struct cards *cards, const struct options *options, enum tok_err err)
{
    const struct trouble *trouble = readers_trouble();

    if (trouble && trouble->advice.en) {
        complain("%s", words_of(&trouble->advice));
        return EXIT_NO_CARD;
    }
    if (err == TOK_NO_READER && cards->count > 0 &&
        !options->value[OPTION_READER]) {
        complain(words(W_NONE_WANTED), cards->states[0].name);
        return EXIT_NO_CARD;
    }
    return tell_error(err);
}

enum exit_status one_card(struct cards *cards, const struct options *options,
    struct token **ret_token)
{
    struct token *found = NULL;
    enum tok_err err = TOK_NO_READER;
    size_t i;

    if (cards->err != TOK_OK && cards->err != TOK_NO_SERVICE)
        return tell_error(cards->err);
    for (i = 0; i < cards->count; i++) {
        struct token *token = cards_token(cards, options, &cards->states[i]);
        enum tok_err answer;

        if (!token)
            continue;
        answer = identify(token);
        if (answer == TOK_OK && found) {
            complain(words(W_ONE_CARD_ONLY), found->name, token->name);
            return EXIT_USAGE;
        }
        if (answer == TOK_OK)
            found = token;
        /* An empty reader says less than a card that is no good. */
        else if (err == TOK_NO_READER || answer != TOK_NO_CARD)
            err = answer;
    }
    if (!found)
        return tell_none(
            cards, options, cards->err == TOK_NO_SERVICE ? cards->err : err);
    *ret_token = found;
    return EXIT_GOOD;
}
