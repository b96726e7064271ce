/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_SERVICE_H
#define TESTS_VCARD_SERVICE_H

#include <stdbool.h>
#include <time.h>

#include <winscard.h>

#include "tests/vcard/control.h"
#include "tests/vcard/fault.h"

/*
 * The smart card service inside the process: what pcscd keeps, behind one lock.
 * A card's own work is done outside the lock, by the thread that marked its
 * reader busy.
 */
#define READERS_MAX 16

struct handle;

struct reader {
    bool plugged;
    char name[MAX_READERNAME];
    struct vcard *card; /* NULL: empty */
    bool busy;          /* a thread is with the card, outside the lock */
    unsigned events;    /* insertions and removals */
    bool exclusive;
    unsigned connections;
    struct handle *owner; /* of the transaction */
    unsigned nested;
    bool protocol_set;
    struct faults faults;
    struct vcard *spare; /* for faults that swap */
    bool stalled;        /* a command hangs */
    struct vcontrol_link link;
    struct vcontrol_loss loss;
    unsigned lost; /* exchanges */
};

struct context {
    SCARDCONTEXT id;
    bool in_use; /* libpcsclite lets one call at a time on a context */
    bool waiting;
    bool cancelled;
    bool dead; /* the service was stopped since */
    struct context *next;
};

struct handle {
    SCARDHANDLE id;
    SCARDCONTEXT context;
    struct reader *reader; /* NULL: it was unplugged, or the service stopped */
    LONG event; /* SCARD_S_SUCCESS, SCARD_W_RESET_CARD, SCARD_W_REMOVED_CARD */
    struct handle *next;
};

struct service {
    bool loaded; /* readers taken from the environment */
    bool running;
    struct reader readers[READERS_MAX];
    struct context *contexts;
    struct handle *handles;
    unsigned long last_id;
    unsigned long changes;   /* counted by service_changed */
    unsigned status_changes; /* calls of SCardGetStatusChange */
};

extern struct service service;

/* Takes the lock; the first call makes the readers of $JPKI_VCARD. */
void service_enter(void);
void service_leave(void);

/* Waits, without the lock, until something changed. */
void service_wait(void);
/* The same until DEADLINE of CLOCK_MONOTONIC; false when it is past. */
bool service_wait_until(const struct timespec *deadline);
/* The time of that clock in so many milliseconds. */
struct timespec service_deadline_in(unsigned long milliseconds);
/* Says that something changed. */
void service_changed(void);

/*
 * The context ID for one call, waiting for the call before it. NULL with the
 * code why. To be given back by service_context_done.
 */
struct context *service_context(SCARDCONTEXT id, LONG *ret_code);
void service_context_done(struct context *context);
/*
 * Waits until a context may have been given back. That is no change: threads
 * that wait for a reader take and leave contexts, and would wake one another
 * for ever.
 */
void service_wait_for_context(void);

/*
 * One call on the handle ID: MAKE with the lock held, the context in use and
 * the reader idle. While it gives SCARD_E_SHARING_VIOLATION it is made again
 * after the next change, as the library does, unless ONLY_ONCE is true: then it
 * does not wait for a command in another's transaction either, and must touch
 * nothing where it finds one. A handle whose reader was unplugged gives
 * SCARD_E_INVALID_VALUE.
 */
LONG service_call(SCARDHANDLE id, bool only_once,
    LONG (*make)(struct handle *handle, void *arg), void *arg);

struct context *service_find_context(SCARDCONTEXT id);
struct handle *service_find_handle(SCARDHANDLE id);
struct reader *service_find_reader(const char *name);
/* Numbers that look like pcscd's and are never used twice. */
unsigned long service_new_id(void);

/* Marks READER busy, waiting for its turn; the lock is held before and after.
 */
void service_busy(struct reader *reader);
void service_idle(struct reader *reader);

/* Takes a handle from its reader, without regard to the card; and frees it. */
void service_detach(struct handle *handle);
void service_drop_handle(struct handle *handle);
/* Disconnects HANDLE and, with the last one, powers the card off. */
void service_disconnect(struct handle *handle, DWORD disposition);
/* pcscd does so after a while; here it is at once. */
void service_power_down_unused(struct reader *reader);
/* Every handle of READER is told EVENT. */
void service_tell(struct reader *reader, LONG event);

/* The card comes, goes, or is reset; the reader is busy or idle. */
void service_insert(struct reader *reader, struct vcard *card);
/* The card that was there is the caller's; NULL if none was. */
struct vcard *service_take_out(struct reader *reader);
void service_eject(struct reader *reader);
/* Handles stay known to the client but lead nowhere. */
void service_orphan_handles(struct reader *reader);
void service_reset(struct reader *reader, DWORD disposition);

/*
 * One command to READER's card, which is busy, with its fault and the time it
 * takes; as SCardTransmit answers.
 */
LONG service_transmit(struct reader *reader, const uint8_t *command, size_t len,
    uint8_t response[FAULT_RESPONSE_MAX], size_t *ret_len);

#endif
