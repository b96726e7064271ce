/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_ANSWER_H
#define TOOL_BRIDGE_ANSWER_H

#include <jansson.h>
#include "conf/words.h"
#include "token/token.h"
#include "tool/bridge/mode.h"
#include "tool/bridge/port.h"

/*
 * Answers to a page. NULL stands for one that is not given: nobody waits for
 * it, or there is no memory for it. The caller frees them by json_decref.
 */

/* Wipes what jansson frees from here on: answers hold names and addresses. */
void answer_init(void);

/* The beginning of MODE's answer: it worked. */
json_t *answer_new(const struct mode *mode);

/* It did not: what a person is told. */
json_t *answer_error(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
json_t *answer_words(const struct words *words);
/* The folder of tool/bridge/state.h cannot be used. */
json_t *answer_no_state(void);

#define ANSWER_MESSAGE_MAX 1024 /* bytes for a person, with the NUL */

/*
 * What ERR means for a person who wants to use ROLE's PIN, and what to do; the
 * PIN itself was not refused.
 */
void answer_describe(enum jpki_role_id role, enum tok_err err,
    char ret_text[ANSWER_MESSAGE_MAX]);
/*
 * What ERR, of an operation with ROLE's PIN, means for a person; NULL for
 * TOK_CANCELLED. Lock held.
 */
json_t *answer_tok_err(
    struct token *token, enum jpki_role_id role, enum tok_err err) TOKEN_LOCKED;

/*
 * Writes ANSWER, which may be NULL, and frees it. False: nobody reads it; where
 * the port has ended meanwhile, no byte of it is written.
 */
bool answer_send(const struct port *port, json_t *answer);

/*
 * Tells the extension, which gives a silent host up, that the answer may take
 * SECONDS from now on. Nothing of it reaches the page.
 */
void answer_wait(const struct port *port, unsigned seconds);

#endif
