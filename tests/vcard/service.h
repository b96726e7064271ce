/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_SERVICE_H
#define TESTS_VCARD_SERVICE_H

#include <stdbool.h>
#include <time.h>

#include <winscard.h>

#include "tests/vcard/control.h"

/*
 * The smart card service inside the process: what pcscd keeps, behind one lock.
 * A card's own work is done outside the lock, by whoever marked its reader
 * busy.
 */
#define READERS_MAX 16

struct fault {
    enum vfault how;
    unsigned at; /* commands still to pass */
    uint32_t value;
};

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
    struct fault fault;
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
    struct reader *reader; /* NULL: the service it came from is gone */
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
};

extern struct service service;

/* Takes the lock; the first call makes the readers of $JPKI_VCARD. */
void service_enter(void);
void service_leave(void);

/* Waits, without the lock, until something changed. */
void service_wait(void);
/* The same until DEADLINE of CLOCK_MONOTONIC; false when it is past. */
bool service_wait_until(const struct timespec *deadline);
/* Says that something changed. */
void service_changed(void);

/*
 * The context ID for one call, waiting for the call before it. NULL with the
 * code why. To be given back by service_context_done.
 */
struct context *service_context(SCARDCONTEXT id, LONG *ret_code);
void service_context_done(struct context *context);

/* The same for the context of the handle ID. */
struct handle *service_handle(
    SCARDHANDLE id, struct context **ret_context, LONG *ret_code);

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
/* Disconnects HANDLE and, with the last one, powers the card off at once. */
void service_disconnect(struct handle *handle, DWORD disposition);
/* Every handle of READER but EXCEPT is told EVENT. */
void service_tell(
    struct reader *reader, const struct handle *except, LONG event);

/* The card comes, goes, or is reset; the reader is busy or idle. */
void service_insert(struct reader *reader, struct vcard *card);
void service_eject(struct reader *reader);
void service_reset(struct reader *reader, DWORD disposition);

/* One command to READER's card, with its fault; as SCardTransmit answers. */
LONG service_transmit(struct reader *reader, const uint8_t *command, size_t len,
    uint8_t response[258], size_t *ret_len);

#endif
