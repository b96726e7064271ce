/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_EVENTS_H
#define PKCS11_EVENTS_H

#include <stdbool.h>
#include "pkcs11/reader_list.h"

/*
 * C_WaitForSlotEvent (PKCS #11 5.5.6). What happened is counted by the token
 * (token.events); here is the waiting. Any number of threads may wait: one of
 * them watches pcscd for all.
 */
struct events;

/* CKR_HOST_MEMORY, or *RET_EVENTS. Says nothing to pcscd. */
CK_RV events_new(struct events **ret_events);
/* No thread may be waiting. EVENTS may be NULL. */
void events_free(struct events *events);

/*
 * Takes the flag of a slot where something happened. CKR_NO_EVENT where there
 * is none; with BLOCK only after a wait for a change, of a second at most, and
 * CKR_CRYPTOKI_NOT_INITIALIZED when C_Finalize was called. No lock held, before
 * and after.
 */
CK_RV events_take(struct events *events, struct reader_list *list, bool block,
    CK_SLOT_ID *ret_slot);

/*
 * Wakes all waiting threads, and lets none wait until events_open. Call it
 * again until the calls in flight have left: a thread that was about to wait
 * may have missed it.
 */
void events_close(struct events *events);
/* C_Finalize gave up: waiting is possible again. */
void events_open(struct events *events);

#endif
