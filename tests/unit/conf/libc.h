/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CONF_LIBC_H
#define TESTS_UNIT_CONF_LIBC_H

#include <stdbool.h>
#include <sys/types.h>

/* Stands in for the parts of libc that a test must not really meet. */

/* While true, this program is set-uid in the eyes of the code under test. */
extern bool libc_at_secure;

/* This program's effective user and group, where not LIBC_REAL. */
#define LIBC_REAL ((uid_t)-1)
extern uid_t libc_user;
extern gid_t libc_group;

/* The last record that went to syslog, and how many did. */
extern struct libc_syslog {
    char text[2048];
    int priority;
    unsigned count;
} libc_syslog;

/*
 * How many more allocations go well before one fails, if not negative; all
 * that come after that one go well again.
 */
extern int libc_allocations;

/*
 * Back to a program without privileges, of its real user, with memory, that
 * logged nothing.
 */
void libc_reset(void);

#endif
