/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CONTROL_H
#define TESTS_VCARD_CONTROL_H

#include "tests/vcard/vcard.h"

/*
 * The hand on the virtual readers, for tests in the same process: exported by
 * the replacement libpcsclite beside the SCard functions. All of it may be
 * called at any time, from any thread.
 *
 * At load the readers come from $JPKI_VCARD, "FOLDER" or "NAME=FOLDER" joined
 * by ";" (an empty FOLDER: an empty reader). A name left out is "Virtual Reader
 * 0", 1 and so on.
 */

/* Plugs in a reader; its number, or -1 when there are 16 already. */
int vcontrol_reader_add(const char *name);
/* Pulls it out, with the card in it. */
void vcontrol_reader_remove(int reader);
/* Pulls out all of them. */
void vcontrol_reset(void);

/* Puts the persona in FOLDER into READER: 0, or -1 when it cannot be loaded. */
int vcontrol_insert(int reader, const char *folder);
void vcontrol_remove(int reader);
/* Another card in one step, between two looks at the reader. */
int vcontrol_swap(int reader, const char *folder);

/* The ledger of the card in READER; all zero without one. */
void vcontrol_ledger(int reader, struct vcard_ledger *ret_ledger);

/*
 * Sends a command as another program would that holds a connection of its own:
 * between two transactions of the program under test. RESPONSE has room for 258
 * bytes; returns its length, 0 without a card.
 */
size_t vcontrol_transmit(
    int reader, const uint8_t *command, size_t len, uint8_t response[258]);

/* The service stops and starts, as pcscd does: every context dies. */
void vcontrol_service(bool running);

/*
 * From now on the AT-th command (0: the next) to READER's card gets an answer
 * changed by HOW, once. One fault at a time; AT counts commands of any kind.
 */
enum vfault {
    VFAULT_NONE,
    VFAULT_SW,         /* status word VALUE and no body, nothing done */
    VFAULT_SW_AFTER,   /* the card does it, then answers status word VALUE */
    VFAULT_FLIP,       /* bit VALUE of the body is inverted */
    VFAULT_CUT,        /* the body keeps its first VALUE bytes */
    VFAULT_PCSC,       /* SCardTransmit returns VALUE, nothing done */
    VFAULT_PCSC_AFTER, /* the card does it, SCardTransmit returns VALUE */
    VFAULT_REMOVE,     /* the card is taken out before the command */
    VFAULT_RESET,      /* another program resets the card before the command */
};

void vcontrol_fault(int reader, unsigned at, enum vfault how, uint32_t value);

#endif
