/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_DOCTOR_H
#define TOOL_DOCTOR_H

#include "tool/cards.h"
#include "tool/command.h"

/*
 * jpki doctor: checks, each of which tells findings. A finding is a line: its
 * grade, the check's name, what was found, and below it what to do and details.
 */
enum grade {
    GRADE_GOOD,
    GRADE_NOTE, /* to be known; nothing has to be done */
    GRADE_BAD,  /* something has to be done */
    GRADES,
};

struct doctor {
    const struct options *options;
    bool as_json;
    enum exit_status status; /* what it comes to so far */
    bool has_finding;        /* one was told: the next one ends it */
    bool has_detail;         /* the same of its details */
};

/*
 * Tells a finding of CHECK, a word for programs: "pcscd". FORMAT and what
 * follows say what was found.
 */
void doctor_tell(struct doctor *doctor, const char *check, enum grade grade,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds what to do, or what more there is to know, to the finding told last. */
void doctor_add(struct doctor *doctor, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Makes STATUS what jpki exits with, unless what it has is more serious. */
void doctor_exit(struct doctor *doctor, enum exit_status status);

/* The configuration in force; false where it cannot be used. */
bool doctor_check_conf(struct doctor *doctor);
/* Module file of p11-kit, OpenSC's driver, browsers. */
void doctor_check_programs(struct doctor *doctor);
/* Whether browsers find jpki-bridge, and that a dialog for the PIN. */
void doctor_check_bridge(struct doctor *doctor);

#endif
