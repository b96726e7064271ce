/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/events.h"

#include <pthread.h>
#include <stdlib.h>

#include "conf/lock.h"

/*
 * The longest that a watch goes without asking for states. Seen then are a
 * reader plugged in between the states and the watch, a pcscd that starts, and
 * a card that a call found gone where pcscd did not.
 */
#define ASK_EVERY_MS 1000
/* Before the next try, where pcscd refuses to be watched. */
#define RETRY_MS 50

struct events {
    struct lock lock;
    pthread_cond_t changed;
    bool closed;
    bool watched; /* a thread watches pcscd, with the monitor for its own */
    bool failed;  /* the last watch did, and that was found out */
    struct monitor *monitor;
};

CK_RV events_new(struct events **ret_events)
{
    struct events *events = calloc(1, sizeof *events);

    if (!events)
        return CKR_HOST_MEMORY;
    if (!lock_init_with_cond(&events->lock, &events->changed)) {
        free(events);
        return CKR_HOST_MEMORY;
    }
    if (monitor_new(&events->monitor) != TOK_OK) {
        events_free(events);
        return CKR_HOST_MEMORY;
    }
    *ret_events = events;
    return CKR_OK;
}

void events_free(struct events *events)
{
    if (!events)
        return;
    monitor_free(events->monitor);
    pthread_cond_destroy(&events->changed);
    lock_destroy(&events->lock);
    free(events);
}

void events_close(struct events *events)
{
    lock_acquire(&events->lock);
    events->closed = true;
    pthread_cond_broadcast(&events->changed);
    lock_release(&events->lock);
    monitor_cancel(events->monitor);
}

void events_open(struct events *events)
{
    lock_acquire(&events->lock);
    events->closed = false;
    lock_release(&events->lock);
}

/* Takes the event of one of READER's slots that are shown. Lock held. */
static bool take_event(struct reader *reader, CK_SLOT_ID *ret_slot)
{
    const struct token *token = reader->token;
    size_t i;

    for (i = 0; i < JPKI_ROLES; i++) {
        struct slot *slot = &reader->slots[i];
        if (slot->events == token->events ||
            !context_shows(token->context, slot->role->id))
            continue;
        slot->events = token->events;
        *ret_slot = slot->id;
        return true;
    }
    return false;
}

/* Takes the first event that there is. */
static bool take_first_event(struct reader_list *list, CK_SLOT_ID *ret_slot)
{
    struct reader *reader;
    bool found = false;
    size_t i;

    for (i = 0; !found && (reader = reader_list_get(list, i)); i++) {
        if (!context_wants_reader(reader->token->context, reader->token->name))
            continue;
        token_lock(reader->token);
        found = take_event(reader, ret_slot);
        token_unlock(reader->token);
    }
    return found;
}

/* Watches pcscd for all waiting threads. Lock held; let go meanwhile. */
static void watch(struct events *events, const struct reader_state *states,
    size_t count) REQUIRES(&events->lock);

static void watch(
    struct events *events, const struct reader_state *states, size_t count)
{
    enum tok_err err;

    events->watched = true;
    lock_release(&events->lock);
    err = monitor_wait(events->monitor, states, count, ASK_EVERY_MS);
    lock_acquire(&events->lock);
    /* That pcscd ended is a change; that it is still not there is none. */
    if (err != TOK_OK && events->failed && !events->closed)
        lock_wait_ms(&events->lock, &events->changed,
            err == TOK_NO_SERVICE ? ASK_EVERY_MS : RETRY_MS);
    events->failed = err != TOK_OK;
    events->watched = false;
    pthread_cond_broadcast(&events->changed);
}

/*
 * Waits until it is time to ask again for what may differ from STATES:
 * CKR_NO_EVENT.
 */
static CK_RV wait_for_change(
    struct events *events, const struct reader_state *states, size_t count)
{
    CK_RV rv;

    lock_acquire(&events->lock);
    if (!events->closed) {
        if (events->watched)
            lock_wait_ms(&events->lock, &events->changed, ASK_EVERY_MS);
        else
            watch(events, states, count);
    }
    rv = events->closed ? CKR_CRYPTOKI_NOT_INITIALIZED : CKR_NO_EVENT;
    lock_release(&events->lock);
    return rv;
}

CK_RV events_take(struct events *events, struct reader_list *list, bool block,
    CK_SLOT_ID *ret_slot)
{
    struct reader_state states[READERS_MAX];
    size_t count;

    reader_list_refresh(list, states, &count);
    if (take_first_event(list, ret_slot))
        return CKR_OK;
    return block ? wait_for_change(events, states, count) : CKR_NO_EVENT;
}
