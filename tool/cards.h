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
    struct reader_state *states;
    size_t count;
};

/*
 * Reads the configuration and asks pcscd for its readers; sends nothing to a
 * card. Passed to cards_close whatever came of it, which CARDS->err tells.
 */
void cards_open(struct cards *cards);
void cards_close(struct cards *cards);

/* True where OPTIONS want the reader NAME: its name has TEXT of --reader. */
bool cards_wants(const struct options *options, const char *name);

/* The token in the reader of STATE; NULL where the configuration leaves it out.
 */
struct token *cards_token(
    struct cards *cards, const struct reader_state *state);

/* The name of TOKEN's reader for a person's eyes, in RET_NAME. */
const char *cards_reader(
    const struct token *token, char ret_name[READER_NAME_MAX]);

/* What lies in a reader. */
enum card_kind {
    CARD_LEFT_OUT, /* by the configuration: not asked */
    CARD_NONE,
    CARD_MUTE,   /* it does not answer: the wrong way round, or broken */
    CARD_OTHER,  /* no JPKI application */
    CARD_FAILED, /* the card could not be asked, as ERR tells */
    CARD_JPKI,
    CARD_KINDS,
};

/*
 * What lies in the reader of STATE, whose TOKEN is NULL where it is left out. A
 * card is asked which it is, without a PIN, and stays connected until
 * cards_close. RET_ERR is what that came to.
 */
enum card_kind cards_look(const struct reader_state *state, struct token *token,
    enum tok_err *ret_err);

/* What lies in the readers that OPTIONS want. */
struct found {
    struct token *token;  /* a My Number Card, identified; NULL: none */
    struct token *second; /* another one; NULL: none */
    enum card_kind kind;  /* without a token: what says most of those there */
    enum tok_err err;     /* of its cards_look */
};

struct found cards_find(struct cards *cards, const struct options *options)
    EXCLUDES(token_held);

/* The word of KIND in JSON: "left-out", "empty", "mute" and so on. */
const char *card_kind_word(enum card_kind kind);
/*
 * What a person is told of a card of KIND, and what to do, where ERR is of
 * cards_look; NULL for CARD_JPKI.
 */
const struct words *card_kind_words(enum card_kind kind, enum tok_err err);

/*
 * Why there are no readers to look into, and what to do: of CARDS->err, of
 * pcscd, or because OPTIONS want none of them. NULL where there are.
 * RET_STATUS: what jpki then exits with.
 */
const struct words *cards_trouble(const struct cards *cards,
    const struct options *options, enum exit_status *ret_status);

#endif
