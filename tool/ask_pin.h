/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_ASK_PIN_H
#define TOOL_ASK_PIN_H

#include <stdbool.h>
#include "token/typed_pin.h"

/*
 * Asks a person: on the controlling terminal with its echo off, whatever
 * standard input and output are; where there is no terminal, by pinentry. A PIN
 * is taken from no argument, environment, file or pipe.
 */

enum ask_result {
    ASK_GIVEN,
    ASK_CANCELLED,  /* by the person: end of input, or the dialog's button */
    ASK_TIMED_OUT,  /* nobody answered the dialog, as standard error was told */
    ASK_IMPOSSIBLE, /* nobody could be asked, as standard error was told */
    ASK_BUSY,       /* the same: another dialog of this user is open */
    ASK_NO_LOCK,    /* the same: state_lock tells of no other dialog */
};

struct question {
    const char *about;  /* lines before the question, each with its '\n' */
    const char *prompt; /* without colon */
    bool is_word;       /* no secret: it is shown while it is typed */
};

/*
 * Asks QUESTION; the answer, without its newline, is in RET_ANSWER, cut at
 * TYPED_PIN_MAX bytes, and nothing of it elsewhere. Signals that end or stop a
 * program do so after the echo is on again.
 */
enum ask_result ask_pin(
    const struct question *question, struct typed_pin *ret_answer);

/*
 * The parts of it, which tell nobody why nobody could be asked. ASK_IMPOSSIBLE:
 * it is not there.
 */
enum ask_result ask_terminal(
    const struct question *question, struct typed_pin *ret_answer);
enum ask_result ask_pinentry(
    const struct question *question, struct typed_pin *ret_answer);

#endif
