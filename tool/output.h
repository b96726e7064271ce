/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_OUTPUT_H
#define TOOL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* How the commands of jpki write to a person, or to a program as JSON. */

/* How a piece of text is meant; on a terminal it has a colour. */
enum tone {
    TONE_PLAIN,
    TONE_TITLE,
    TONE_GOOD,
    TONE_NOTE, /* to be known, or soon to be done */
    TONE_BAD,
    TONES,
};

/*
 * Decides on colours: where standard output is a terminal that has them (TERM
 * is not "dumb") and NO_COLOR is unset or empty.
 */
void output_init(void);

/* Prints "jpki: " and the message to standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints to standard output in the colour of TONE. */
void print(enum tone tone, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Prints a line "  LABEL  TEXT": the label is padded to a column of its own, by
 * the width that characters have on a terminal.
 */
void print_field(const char *label, enum tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The columns that TEXT takes on a terminal: two for each of Japan's. */
size_t text_width(const char *text);

/* Prints TEXT as a JSON string, with its quotes; what is no UTF-8 is a '?'. */
void print_json_string(const char *text);

/* Flushes standard output. False where something could not be written, which
 * standard error is told. */
bool output_finish(void);

#endif
