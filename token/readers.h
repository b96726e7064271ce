/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_READERS_H
#define TOKEN_READERS_H

#include "token/token.h"

/*
 * The readers of a context, each with its token. The list only grows: a reader
 * that was unplugged keeps its place, in later lists of the process as well.
 * Thread-safe; one list at a time.
 */
struct readers;

#define READERS_MAX 32

/* TOK_NOMEM. CONTEXT must outlive the list; nothing is sent to pcscd. */
enum tok_err readers_new(struct context *context, struct readers **ret_readers);
/* READERS may be NULL. No token of it may be in use. */
void readers_free(struct readers *readers) EXCLUDES(token_held);

/*
 * Asks pcscd for the states of all readers, by one SCardGetStatusChange, adds
 * those that the configuration takes and that are not there yet, and notes each
 * token's state. The answer is the caller's as well: *RET_COUNT states. Tokens'
 * locks are taken. What pcscd could not be asked is an error: TOK_NO_SERVICE,
 * TOK_NOMEM, TOK_IO; readers_trouble tells more.
 */
enum tok_err readers_refresh(struct readers *readers,
    struct reader_state ret_states[READERS_MAX], size_t *ret_count)
    EXCLUDES(token_held);

/* How many there are. */
size_t readers_count(const struct readers *readers);
/* The I-th token; not to be used before I is below readers_count. */
struct token *readers_token(struct readers *readers, size_t i);

/*
 * Says in the log, once until that changes, why the answer of readers_refresh
 * (COUNT of STATES) holds no reader that the configuration takes.
 */
void readers_explain(const struct readers *readers,
    const struct reader_state *states, size_t count);

/* Why the last readers_refresh of the process found no reader; NULL: it did. */
const struct trouble *readers_trouble(void);

#endif
