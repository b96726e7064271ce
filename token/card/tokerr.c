/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/tokerr.h"

static const char *const names[TOK_ERRS] = {
    [TOK_OK] = "OK",
    [TOK_NOMEM] = "NOMEM",
    [TOK_NO_SERVICE] = "NO_SERVICE",
    [TOK_NO_READER] = "NO_READER",
    [TOK_NO_CARD] = "NO_CARD",
    [TOK_REMOVED] = "REMOVED",
    [TOK_BUSY] = "BUSY",
    [TOK_IO] = "IO",
    [TOK_REPLY] = "REPLY",
    [TOK_NOT_JPKI] = "NOT_JPKI",
    [TOK_NOT_FOUND] = "NOT_FOUND",
    [TOK_DENIED] = "DENIED",
    [TOK_PIN_WRONG] = "PIN_WRONG",
    [TOK_PIN_LOCKED] = "PIN_LOCKED",
    [TOK_PIN_CHANGED] = "PIN_CHANGED",
    [TOK_LAST_TRY] = "LAST_TRY",
    [TOK_PIN_FORM] = "PIN_FORM",
};

const char *tok_err_name(enum tok_err err)
{
    return (unsigned)err < TOK_ERRS ? names[err] : "?";
}
