/* SPDX-License-Identifier: Apache-2.0 */
#include "token/status.h"

#include "tool/cards.h"
#include "tool/output.h"

enum exit_status status_run(const struct options *options)
{
    struct cards cards;
    size_t i;

    cards_open(&cards);
    for (i = 0; i < cards.count; i++)
        if (cards_token(&cards, options, &cards.states[i]))
            print(TONE_TITLE, "%s\n", cards.states[i].name);
    cards_close(&cards);
    return EXIT_GOOD;
}
