/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_PINENTRY_H
#define TOOL_PINENTRY_H

#include <poll.h>
#include <stddef.h>
#include "token/typed_pin.h"

/*
 * The dialog of the desktop that asks for a PIN, by the protocol of
 * pinentry(1). Spoken here and not by libassuan, which cuts long lines without
 * a word, keeps what it reads in memory that is not locked, and waits where
 * nobody waits for the answer any more.
 */

enum pinentry_result {
    PINENTRY_GIVEN,
    PINENTRY_CANCELLED,  /* by the person */
    PINENTRY_TIMED_OUT,  /* the person did nothing */
    PINENTRY_IMPOSSIBLE, /* nobody could be asked: no pinentry, no display */
    PINENTRY_UNWANTED,   /* a watched descriptor had an event */
};

/* Bytes of a description; what is over is cut. */
#define PINENTRY_TEXT_MAX 900

struct pinentry_question {
    const char *title;
    const char *description; /* lines; what counts first */
    const char *error;       /* what was wrong before; NULL: nothing */
    const char *prompt;
    const char *ok, *cancel; /* the buttons */
};

#define PINENTRY_WATCHED_MAX 4

/*
 * Asks QUESTION for SECONDS at most; ends the dialog as soon as one of COUNT
 * WATCHED descriptors (NULL for none) has one of its events. The answer is in
 * RET_PIN, cut at TYPED_PIN_MAX bytes, and nothing of it elsewhere. SIGPIPE is
 * to be ignored.
 */
enum pinentry_result pinentry_ask(const struct pinentry_question *question,
    const struct pollfd *watched, size_t count, int seconds,
    struct typed_pin *ret_pin);

#endif
