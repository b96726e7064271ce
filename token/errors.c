/* SPDX-License-Identifier: Apache-2.0 */
#include "token/errors.h"

#include "conf/words_errors.h"

#define ROW(err) [err] = {W_##err}

const struct words *tok_err_words(enum tok_err err)
{
    static const struct words rows[TOK_ERRS] = {
        ROW(TOK_OK),
        ROW(TOK_NOMEM),
        ROW(TOK_NO_SERVICE),
        ROW(TOK_NO_READER),
        ROW(TOK_NO_CARD),
        ROW(TOK_REMOVED),
        ROW(TOK_BUSY),
        ROW(TOK_IO),
        ROW(TOK_REPLY),
        ROW(TOK_NOT_JPKI),
        ROW(TOK_NOT_FOUND),
        ROW(TOK_DENIED),
        ROW(TOK_PIN_WRONG),
        ROW(TOK_PIN_LOCKED),
        ROW(TOK_PIN_CHANGED),
        ROW(TOK_LAST_TRY),
        ROW(TOK_PIN_FORM),
        ROW(TOK_NOT_ISSUED),
        ROW(TOK_PIN_UNSENT),
        ROW(TOK_PIN_REPEATED),
        ROW(TOK_PIN_NEW_FORM),
        ROW(TOK_LOGGED_IN),
        ROW(TOK_NOT_LOGGED_IN),
        ROW(TOK_POLICY),
        ROW(TOK_SIGNATURE),
        ROW(TOK_CANCELLED),
        ROW(TOK_CONF),
        ROW(TOK_CRYPTO),
    };

    return &rows[err];
}
