/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_PCSC_H
#define TOKEN_CARD_PCSC_H

#include <stdbool.h>
#include <winscard.h>
#include "token/card/tokerr.h"
#include "token/card/trouble.h"

/*
 * The table that turns PC/SC's codes into ours. A code that is not in it is
 * TOK_IO.
 */
enum tok_err pcsc_err(LONG code);

/*
 * True when CODE means that the context it came from is of no more use and a
 * new one must be made. SCardIsValidContext does not tell: after a restart of
 * pcscd it calls a dead context valid.
 */
bool pcsc_context_is_dead(LONG code);

/* True when CODE is what pcscd says of a card that another program resets. */
bool pcsc_is_power_up(LONG code);
/* The same for a transaction: both words for a reset while one is under way. */
bool pcsc_is_reset(LONG code);

/*
 * What CODE means for the person at the machine, and what to do about it. Of
 * SCARD_E_SERVICE_STOPPED and SCARD_W_SECURITY_VIOLATION it holds where
 * SCardEstablishContext gave them, of SCARD_E_SHARING_VIOLATION where the
 * reader's state is SCARD_STATE_EXCLUSIVE. TROUBLE_OTHER and no advice where
 * there is no more to say than its name.
 */
const struct trouble *pcsc_trouble(LONG code);

/*
 * True where CODE is to be logged after LOGGED was, the last one.
 * Where pcscd refuses a connection, SCardEstablishContext gives
 * SCARD_W_SECURITY_VIOLATION or, as without pcscd, SCARD_E_NO_SERVICE, as it
 * happens: after the former the latter is none.
 */
bool pcsc_is_new_reason(LONG code, LONG logged);

/* What the card may speak. */
#define PCSC_PROTOCOLS (SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)

/*
 * SCardReconnect after another program reset the card, which is left as it is,
 * unless that program left it without power: pcscd would take such a card for
 * one in use and refuse it to every connection. Returns PC/SC's code.
 */
LONG pcsc_reconnect(SCARDHANDLE handle, DWORD *ret_protocol);

/*
 * True while another program has a transaction. Of all calls on a connection
 * only SCardControl never waits for its end. Drivers answer this code by
 * themselves, if at all.
 */
bool pcsc_is_locked_out(SCARDHANDLE handle);

/* The name of CODE for the log. */
const char *pcsc_name(LONG code);

#endif
