/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_MONITOR_H
#define TOKEN_CARD_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/card/tokerr.h"
#include "token/card/trouble.h"
#include "token/card/held.h"

/*
 * Sees readers and whether a card lies in them. Sends no command to a card: it
 * has a PC/SC context to itself, so neither a card nor a signature that takes
 * long holds it up. Thread-safe; no lock is held over a call of PC/SC, which
 * lets one thread at a time use a context.
 */
struct monitor;

#define READER_NAME_MAX 128 /* bytes with the NUL, as pcsclite.h has it */

struct reader_state {
    char name[READER_NAME_MAX];
    bool present;   /* a card is in the reader */
    bool mute;      /* a card is, but it does not answer */
    bool exclusive; /* a program has the reader to itself */
    /*
     * Changes with every insertion and removal, and when pcscd was
     * restarted: two states with equal numbers saw the same card all the time.
     * The low 16 bits are pcscd's own event counter for the reader.
     */
    uint32_t insertion;
    uint32_t state; /* all of it in pcscd's words, for monitor_wait */
    uint64_t asked; /* ascends with the time at which it was asked for */
};

/* Makes a monitor; does not speak with pcscd yet. */
enum tok_err monitor_new(struct monitor **ret_monitor);
/* MONITOR may be NULL. */
void monitor_free(struct monitor *monitor) EXCLUDES(token_held);

/*
 * The states of all readers, at most CAP of them, by one SCardGetStatusChange
 * that does not wait. TOK_NO_SERVICE with *RET_COUNT 0 when there is no pcscd;
 * the next call tries again. RET_ASKED is reader_state.asked of all, whatever
 * is answered.
 */
enum tok_err monitor_get_states(struct monitor *monitor,
    struct reader_state *ret_states, size_t cap, size_t *ret_count,
    uint64_t *ret_asked) EXCLUDES(token_held);

/*
 * Where the last monitor_get_states, of any monitor of the process, found no
 * reader: logs why, and what to do, as one line at level warn; once, until
 * one found a reader or another reason.
 */
void monitor_explain(void);
/* The same for a program that speaks to a person. NULL: it found a reader. */
const struct trouble *monitor_trouble(void);

/*
 * The state of the reader NAME. TOK_NO_READER: pcscd does not know it.
 * RET_STATE->asked is set whatever is answered.
 */
enum tok_err monitor_get_state(struct monitor *monitor, const char *name,
    struct reader_state *ret_state) EXCLUDES(token_held);

/*
 * Waits until pcscd sees anything else than KNOWN, which are COUNT answers of
 * monitor_get_states: a reader came or went, a card did. TOK_OK for that, after
 * MS milliseconds, or for a monitor_cancel: it is time to ask again. Any error
 * comes at once; TOK_NO_SERVICE: there is no pcscd, or not any more. A reader
 * that comes between the answer and this call may be missed.
 */
enum tok_err monitor_wait(struct monitor *monitor,
    const struct reader_state *known, size_t count, unsigned ms)
    EXCLUDES(token_held);

/*
 * Ends a monitor_wait in progress, from any thread. One that is about to begin
 * is missed: call it again until that thread has left.
 */
void monitor_cancel(struct monitor *monitor) EXCLUDES(token_held);

#endif
