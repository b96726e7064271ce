/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <stdbool.h>
#include "conf/words.h"

/* Every option of jpki; each command says which it takes. */
enum option_id {
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_JSON,
    OPTION_PEM,
    OPTION_TEXT,
    OPTION_READER,
    OPTION_FORMAT,
    OPTION_FORCE,
    OPTION_WITH_PIN,
    OPTIONS,
};

#define TAKES(id) (1u << (id))

struct option_row {
    const char *name;  /* without "--" */
    char letter;       /* of the short form; '\0' for none */
    const char *value; /* its name in --help; NULL: the option has none */
    struct words what; /* one line for --help */
};

/* The row of ID. */
const struct option_row *option_row(enum option_id id);

/* The command line, taken apart. Points into argv. */
struct options {
    bool is_set[OPTIONS];
    const char *value[OPTIONS]; /* NULL for an option without */
    int count;                  /* of the operands */
    char **operands;
};

/*
 * Takes ARGV apart, whose order changes: options may stand anywhere before
 * "--". False where an option is unknown or lacks its value, which standard
 * error is told.
 */
bool options_parse(int argc, char **argv, struct options *ret_options);

#endif
