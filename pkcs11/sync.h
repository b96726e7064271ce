/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SYNC_H
#define PKCS11_SYNC_H

#include "pkcs11/reader.h"

/*
 * Sessions and objects follow the token: whatever holds its lock brings them up
 * to date first, and again after each call of token/ that lets the lock go.
 */

/*
 * Takes note of what became of the card: where it is another one, or none, all
 * sessions and objects of READER end; where a log-in ended, the handles of
 * private objects, and operations with them; where the PIN was changed, PINs
 * for one signature. Lock held.
 */
void sync_reader(struct reader *reader) TOKEN_LOCKED;

/* Ends all sessions of READER; it is not used any more. */
void sync_end(struct reader *reader) EXCLUDES(token_held);

#endif
