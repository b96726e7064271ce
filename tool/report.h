/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_REPORT_H
#define TOOL_REPORT_H

#include "token/facts.h"

/* What became of a test signature; the first where it is zeroed. */
enum report_signature {
    REPORT_NOT_MADE,
    REPORT_REFUSED,
    REPORT_INVALID, /* it does not verify */
    REPORT_VALID,
};

/* All that jpki report tells of a card. */
struct report {
    char reader[READER_NAME_MAX]; /* what may be its own number is left out */
    struct card_facts facts;
    bool is_verified; /* what needs the PIN was asked */
    enum report_signature pss;
};

/*
 * Prints REPORT to standard output, without what could tell one card from
 * another.
 */
void report_print(const struct report *report);

#endif
