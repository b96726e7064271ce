/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/applications.h"

#include <string.h>

#include "token/card/card_state.h"

/* JPKI comes last: the transaction goes on in it. */
static enum tok_err ask_all(struct card *card, bool ret_has[APPLICATIONS])
{
    enum tok_err err = TOK_OK;
    int i;

    for (i = APPLICATIONS - 1; i >= 0 && err == TOK_OK; i--) {
        err = card_select_application(card, (enum card_application)i);
        ret_has[i] = err == TOK_OK;
        if (err == TOK_NOT_FOUND)
            err = TOK_OK;
    }
    return err;
}

enum tok_err applications_ask(struct card *card, bool ret_has[APPLICATIONS])
{
    struct jpki_attempts attempts = {0};

    memset(ret_has, 0, APPLICATIONS * sizeof *ret_has);
    while (jpki_next_attempt(card, &attempts))
        attempts.err = ask_all(card, ret_has);
    return attempts.err;
}
