/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include "conf/words.h"
#include "tool/options.h"

/* What jpki exits with; told in jpki(1). */
enum exit_status {
    EXIT_GOOD = 0,
    EXIT_TO_DO = 1,   /* it worked, and there is something for a person to do */
    EXIT_USAGE = 2,   /* the command line makes no sense; nothing was done */
    EXIT_NO_CARD = 3, /* pcscd, reader or card: not there, or in trouble */
    EXIT_TROUBLE = 4, /* configuration, memory, output */
};

/*
 * A command of jpki: one row in tool/main.c, one file tool/NAME.c. Its operands
 * are what stands after its name, between OPERANDS_MIN and OPERANDS_MAX.
 */
struct command {
    const char *name;
    struct words what;    /* one line for --help */
    const char *synopsis; /* of operands: "auth|sign", or "" */
    unsigned takes;       /* its options: TAKES(OPTION_JSON) | ... */
    int operands_min, operands_max;
    enum exit_status (*run)(const struct options *options);
};

enum exit_status doctor_run(const struct options *options);
enum exit_status status_run(const struct options *options);
enum exit_status certificate_run(const struct options *options);
enum exit_status check_run(const struct options *options);
enum exit_status pin_run(const struct options *options);
enum exit_status sign_run(const struct options *options);
enum exit_status report_run(const struct options *options);

#endif
