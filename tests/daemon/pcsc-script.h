/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DAEMON_PCSC_SCRIPT_H
#define TESTS_DAEMON_PCSC_SCRIPT_H

#include <winscard.h>

/* The parts of the script share the readers and two contexts. */
extern const char *reader0, *reader1;
extern SCARDCONTEXT ctx, other_ctx;

/* Prints a line: the call, and the code that it gave. */
void say(const char *what, LONG code);
#define SAY(call) say(#call, call)

LONG connect_to(const char *name, DWORD mode, SCARDHANDLE *ret_handle);
LONG connect_other(DWORD mode, SCARDHANDLE *ret_handle);

/* SCardGetStatusChange for one reader; prints what it says of it. */
LONG look(DWORD timeout, const char *name, DWORD known);

void status_changes(void);
void cancels(void);
/* Waits for five seconds, and says what ended it: MEANWHILE, in a thread. */
void wait_for_events(void *(*meanwhile)(void *));

#endif
