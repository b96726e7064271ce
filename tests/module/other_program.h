/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_OTHER_PROGRAM_H
#define TESTS_MODULE_OTHER_PROGRAM_H

#include <winscard.h>

#include "tests/module/support.h"

/*
 * What another program does to the card in READER, between two transactions of
 * the module.
 */

/* Sends a command; the status word. */
unsigned other_send(int reader, const uint8_t *command, size_t len);
void other_select_jpki(int reader);
/* SELECT of the issuer security domain, which logs the card out. */
void other_log_out(int reader);
/* VERIFY of ROLE's PIN: true where the card takes it. */
bool other_verify(int reader, int role, const char *pin);
/* Changes the PIN of ROLE, and logs out. */
void other_change(
    int reader, int role, const char *old_pin, const char *new_pin);
/* Sends a wrong PIN of ROLE: one try less. */
void other_mistypes(int reader, int role);

/*
 * Connects to "Virtual Reader" in the mode SHARE and, where that is
 * SCARD_SHARE_SHARED, begins a transaction. SCardReleaseContext ends it.
 */
SCARDCONTEXT other_hold(DWORD share);

#endif
