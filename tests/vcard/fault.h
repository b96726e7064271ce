/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_FAULT_H
#define TESTS_VCARD_FAULT_H

#include "tests/vcard/control.h"

/* Which fault falls due, and what it makes of an answer. */

#define FAULT_RESPONSE_MAX 320 /* more than any caller has room for */

struct faults {
    struct vfault_plan plans[VFAULTS_MAX];
    size_t count;
    uint8_t last[FAULT_RESPONSE_MAX]; /* the answer before, for VFAULT_AGAIN */
    size_t last_len;
};

void fault_plan(
    struct faults *faults, const struct vfault_plan *plans, size_t count);

/* Counts one command and gives the fault that falls due with it. */
struct vfault_plan fault_next(struct faults *faults);

/*
 * Changes RESPONSE, a body and its status word of *LEN bytes, as DUE says, and
 * notes what became of it.
 */
void fault_change(struct faults *faults, const struct vfault_plan *due,
    uint8_t response[FAULT_RESPONSE_MAX], size_t *len);

#endif
