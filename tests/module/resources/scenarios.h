/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_RESOURCES_SCENARIOS_H
#define TESTS_MODULE_RESOURCES_SCENARIOS_H

#include "tests/module/support.h"

/* What programs do, step by step, each time to the first call that fails. */

struct scenario {
    const char *name;
    const char *conf;
    void (*prepare)(void); /* with nothing failing; the module is initialised */
    CK_RV (*run)(void);
    CK_RV expected;       /* of RUN, when nothing fails */
    unsigned verifies[2]; /* how many PINs RUN may send */
    unsigned wrong[2];    /* and how many of them wrong ones */
    bool initialises;     /* itself, and finalises */
};

extern const struct scenario scenarios[];
extern const size_t scenarios_count;

/* The last function that a scenario called. */
extern const char *scenario_step;

/* The signatures that the last run was given all verify. */
void scenario_check_signatures(void);

/*
 * All that a program may want of the card in READER works, in both slots:
 * token, objects, status, log-in and signatures.
 */
void scenario_check_all(int reader);
/* One log-in and one signature do. */
void scenario_check_key(int reader);

#endif
