/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_FORKS_H
#define TESTS_MODULE_FORKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tests/module/support.h"

/* A parent that is logged in, and what its children may do. */

extern CK_SESSION_HANDLE session;
extern CK_OBJECT_HANDLE key;
extern atomic_uint signatures; /* made in this process */

/* The parent's session, log-in and key, on the auth slot of "adult". */
void log_in_here(void);

/* Signs with the key WITH in the session IN. Any process, any thread. */
CK_RV make_signature(
    CK_FUNCTION_LIST *list, CK_SESSION_HANDLE in, CK_OBJECT_HANDLE with);

/*
 * Forks a child that runs LIVE, which returns whether all was well and may use
 * no assertion; ended after SECONDS, as it may hang on a lock of its parent's.
 */
pid_t give_birth(bool (*live)(void), unsigned seconds);
/* Waits for the child; fails the test unless all was well. */
void expect_good_end(pid_t child, const char *what);

/* What a child may do. */
bool quits(void);
bool exits(void);
/* With a session, a log-in and an object of its own, all left as they are. */
bool signs(void);

#endif
