/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_CARDS_H
#define TOOL_CARDS_H

#include "token/readers.h"
#include "tool/command.h"

/* The readers and cards of a command: what it opens first and closes last. */
struct cards {
    struct context *context; /* NULL: it could not be made */
    struct readers *readers; /* the same */
    enum tok_err err;        /* of making them, or of asking pcscd */
    /* What pcscd said, readers that are left out included. */
    struct reader_state states[READERS_MAX];
    size_t count;
};

/*
 * Reads the configuration and asks pcscd for its readers; sends nothing to a
 * card. Passed to cards_close whatever came of it, which CARDS->err tells.
 */
void cards_open(struct cards *cards);
void cards_close(struct cards *cards);

/*
 * The token in the reader of STATE; NULL where the configuration leaves it out,
 * or OPTIONS do by --reader.
 */
struct token *cards_token(struct cards *cards, const struct options *options,
    const struct reader_state *state);

/* True where OPTIONS want the reader NAME: its name has TEXT of --reader. */
bool cards_wants(const struct options *options, const char *name);

#endif
