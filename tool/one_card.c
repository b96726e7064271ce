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

enum exit_status one_card(struct cards *cards, const struct options *options,
    struct token **ret_token)
{
    enum exit_status status;
    const struct words *trouble = cards_trouble(cards, options, &status);
    char name[READER_NAME_MAX], other[READER_NAME_MAX];
    struct found found;

    if (trouble) {
        complain("%s", words_of(trouble));
        return status;
    }
    found = cards_find(cards, options);
    if (found.second) {
        complain(words(W_ONE_CARD_ONLY), cards_reader(found.token, name),
            cards_reader(found.second, other));
        return EXIT_USAGE;
    }
    if (!found.token) {
        complain("%s", words_of(card_kind_words(found.kind, found.err)));
        return EXIT_NO_CARD;
    }
    *ret_token = found.token;
    return EXIT_GOOD;
}
