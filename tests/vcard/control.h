/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CONTROL_H
#define TESTS_VCARD_CONTROL_H

#include "tests/vcard/link.h"
#include "tests/vcard/vcard.h"

/*
 * Control of the virtual readers, for tests in the same process: exported by
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
/* Pulls out all of them; the service runs again. */
void vcontrol_reset(void);

/* Puts the persona in FOLDER into READER: 0, or -1 when it cannot be loaded. */
int vcontrol_insert(int reader, const char *folder);
void vcontrol_remove(int reader);
/* Another card in one step, between two looks at the reader. */
int vcontrol_swap(int reader, const char *folder);

/* How often SCardGetStatusChange was called. */
unsigned vcontrol_status_changes(void);

/* The ledger of the card in READER; all zero without one. */
void vcontrol_ledger(int reader, struct vcard_ledger *ret_ledger);
/* True when a PIN is verified on that card now; cheaper than the ledger. */
bool vcontrol_is_verified(int reader);

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
 * What may happen to a command. The body is what stands before the status word
 * of the card's answer; a status word alone has a body of no bytes. Bytes that
 * a body gets are A5.
 *
 * An answer for which SCardTransmit was given too little room is
 * SCARD_E_INSUFFICIENT_BUFFER, as from pcscd: with a caller's room for 258
 * bytes that is a body of more than 256.
 */
enum vfault {
    VFAULT_NONE,
    VFAULT_SW,         /* status word VALUE and no body, nothing done */
    VFAULT_SW_AFTER,   /* the card does it, then answers status word VALUE */
    VFAULT_SW_BODY,    /* the same, behind the right body */
    VFAULT_FLIP,       /* bit VALUE of the body is inverted */
    VFAULT_CUT,        /* the body keeps its first VALUE bytes */
    VFAULT_LESS,       /* the body loses its last VALUE bytes */
    VFAULT_MORE,       /* the body gets VALUE bytes more */
    VFAULT_LENGTH,     /* the body is cut or lengthened to VALUE bytes */
    VFAULT_FILL,       /* every byte of the body becomes VALUE */
    VFAULT_AGAIN,      /* the card does it, and the answer before comes again */
    VFAULT_PCSC,       /* SCardTransmit returns VALUE, nothing done */
    VFAULT_PCSC_AFTER, /* the card does it, SCardTransmit returns VALUE */
    VFAULT_REMOVE,     /* the card is taken out before the command; a VALUE of
                          the reader's own instead of SCARD_W_REMOVED_CARD */
    VFAULT_REMOVE_AFTER, /* the card does it and is gone, with its answer */
    VFAULT_RESET,       /* another program resets the card before the command */
    VFAULT_RESET_AFTER, /* ... after it, and the answer is lost */
    VFAULT_SWAP,        /* the spare card lies there before the command */
    VFAULT_SWAP_AFTER,  /* ... after it, and the answer is lost */
    VFAULT_REPLUG,      /* the reader is pulled out before the command and is
                           back with the spare card: the count of insertions
                           starts again and reaches the same number */
    VFAULT_STALL,       /* SCardTransmit hangs until it is let go; then it
                           returns VALUE, nothing done; with VALUE 0 the command
                           goes to the card as if nothing had been */
};

/*
 * Something to go wrong with the command that AT others precede, of whatever
 * kind; for good: with every command from there on.
 */
struct vfault_plan {
    unsigned at;
    enum vfault how;
    uint32_t value;
    bool for_good;
};

#define VFAULTS_MAX 4

/*
 * COUNT plans for READER in the place of those there are, each counting from
 * now. A fault that falls due is used up, but for one that is for good. Of two
 * that fall due with one command the first in PLANS comes, the other is lost.
 *
 * All end with the next call of one of these two functions, and when a card is
 * put in, taken out or swapped by hand; a fault that does so leaves them be.
 * Neither waits for a command that hangs, but a new plan does not let it go.
 */
void vcontrol_faults(int reader, const struct vfault_plan *plans, size_t count);
/* The same with one plan, once; VFAULT_NONE: with none. */
void vcontrol_fault(int reader, unsigned at, enum vfault how, uint32_t value);

/*
 * The spare card, loaded from FOLDER (NULL: none any more). VFAULT_SWAP and
 * VFAULT_REPLUG change places between it and the one in the reader; what
 * VFAULT_REMOVE takes out is the spare card from then on. 0, or -1 when it
 * cannot be loaded.
 */
int vcontrol_spare(int reader, const char *folder);
/* Its ledger; all zero without one. */
void vcontrol_spare_ledger(int reader, struct vcard_ledger *ret_ledger);

/*
 * Waits until a command to READER's card hangs, at most MILLISECONDS; false
 * when none does by then.
 */
bool vcontrol_stalled(int reader, unsigned milliseconds);
/*
 * Lets the command go that hangs; with a fault for good the next one hangs
 * again. All functions that wait until the reader is at rest, such as
 * vcontrol_ledger, wait for this. Pulling the card or the reader out and
 * stopping the service let go by themselves.
 */
void vcontrol_release(int reader);

/*
 * How long the way to READER's card takes, and the card: added to each command,
 * while other readers work on.
 */
void vcontrol_link(int reader, const struct vcontrol_link *link);

/*
 * READER loses exchanges from now on: SCardTransmit returns
 * SCARD_E_NOT_TRANSACTED, as by pcscd. A command that a fault is planned for is
 * not lost besides.
 */
void vcontrol_loss(int reader, const struct vcontrol_loss *loss);
/* How many exchanges READER has lost since it was plugged in. */
unsigned vcontrol_lost(int reader);

#endif
