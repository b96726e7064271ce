/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_PCSC_H
#define TOKEN_PCSC_H

#include <stdbool.h>
#include <winscard.h>
#include "token/tokerr.h"

/*
 * The table that turns PC/SC's codes into ours. A code that is not in it is
 * TOK_IO.
 */
enum tok_err pcsc_err(LONG code);

/*
 * True when CODE means that the context it came from is of no more use and a
 * new one must be made. SCardIsValidContext does not tell: after a restart of
 * pcscd it calls a dead context valid (reliability.md section 2).
 */
bool pcsc_context_is_dead(LONG code);

/*
 * Says once in the process's life, where CODE tells so, that this user may not
 * use pcscd: it refuses by polkit, and would be asked again and again.
 */
void pcsc_warn_of_refusal(LONG code);

/* The name of CODE for the log. */
const char *pcsc_name(LONG code);

#endif
