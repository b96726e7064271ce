/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "tests/vcard/service.h"

#define PNP_READER "\\\\?PnP?\\Notification"

/* SCardGetStatusChange: what a reader is now against what the caller knows. */

static DWORD count_readers(void)
{
    DWORD n = 0;
    for (size_t i = 0; i < READERS_MAX; i++)
        n += service.readers[i].plugged ? 1 : 0;
    return n;
}

/* Each look_* fills dwEventState and says whether the call may return. */

static bool look_pnp(SCARD_READERSTATE *state, DWORD readers_before)
{
    if (count_readers() == readers_before)
        return false;
    state->dwEventState = SCARD_STATE_CHANGED;
    return true;
}

static bool look_unknown(SCARD_READERSTATE *state)
{
    state->dwEventState =
        SCARD_STATE_CHANGED | SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE;
    return (state->dwCurrentState & SCARD_STATE_UNKNOWN) == 0;
}

static DWORD sharing_of(const struct reader *reader)
{
    if (reader->exclusive)
        return SCARD_STATE_EXCLUSIVE;
    return reader->connections > 0 && reader->card ? SCARD_STATE_INUSE : 0;
}

/*
 * A change of sharing wakes the caller only when what it knew is no longer
 * true; what is new beside it does not.
 */
static bool sharing_changed(DWORD known, DWORD sharing)
{
    DWORD both = SCARD_STATE_EXCLUSIVE | SCARD_STATE_INUSE;
    return (known & both & ~sharing) != 0;
}

static bool look_reader(SCARD_READERSTATE *state, const struct reader *reader)
{
    const DWORD known = state->dwCurrentState;
    bool changed = (known & SCARD_STATE_UNKNOWN) != 0 ||
                   (known & SCARD_STATE_UNAVAILABLE) != 0;
    DWORD now = reader->card ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY;
    DWORD counter = reader->events & 0xFFFF;

    /* A counter of zero from the caller says nothing. */
    if (known >> 16 != 0 && (known >> 16 & 0xFFFF) != counter)
        changed = true;
    if ((known & SCARD_STATE_PRESENT && now == SCARD_STATE_EMPTY) ||
        (known & SCARD_STATE_EMPTY && now == SCARD_STATE_PRESENT))
        changed = true;
    now |= sharing_of(reader);
    if (sharing_changed(known, now) || known == SCARD_STATE_UNAWARE)
        changed = true;
    state->cbAtr = 0;
    if (reader->card && vcard_is_mute(reader->card)) {
        now |= SCARD_STATE_MUTE;
    } else if (reader->card) {
        size_t len = 0;
        const uint8_t *atr = vcard_atr(reader->card, &len);
        memcpy(state->rgbAtr, atr, len);
        state->cbAtr = (DWORD)len;
    }
    state->dwEventState =
        now | counter << 16 | (changed ? SCARD_STATE_CHANGED : 0);
    return changed;
}

static bool look(SCARD_READERSTATE *states, DWORD n, DWORD readers_before)
{
    bool changed = false;
    for (DWORD i = 0; i < n; i++) {
        SCARD_READERSTATE *state = &states[i];
        if (state->dwCurrentState & SCARD_STATE_IGNORE) {
            state->dwEventState = 0;
            continue;
        }
        const struct reader *reader = service_find_reader(state->szReader);
        if (reader) {
            changed |= look_reader(state, reader);
        } else if (strcasecmp(state->szReader, PNP_READER) == 0) {
            state->dwEventState = 0;
            changed |= look_pnp(state, readers_before);
        } else {
            changed |= look_unknown(state);
        }
    }
    return changed;
}

static LONG check(const SCARD_READERSTATE *states, DWORD n)
{
    for (DWORD i = 0; i < n; i++)
        if (service_find_reader(states[i].szReader) == NULL &&
            strcasecmp(states[i].szReader, PNP_READER) != 0)
            return SCARD_E_UNKNOWN_READER;
    return SCARD_S_SUCCESS;
}

/* Waits until LOOK sees a change. */
static LONG watch(
    struct context *context, DWORD timeout, SCARD_READERSTATE *states, DWORD n)
{
    const DWORD readers_before = count_readers();
    const struct timespec deadline = service_deadline_in(timeout);
    bool in_time = timeout > 0;
    while (!look(states, n, readers_before)) {
        if (!in_time)
            return SCARD_E_TIMEOUT;
        if (timeout == INFINITE)
            service_wait();
        else
            in_time = service_wait_until(&deadline);
        if (context->dead)
            return SCARD_F_COMM_ERROR;
        if (context->cancelled)
            return SCARD_E_CANCELLED;
    }
    return SCARD_S_SUCCESS;
}

static DWORD count_watched(const SCARD_READERSTATE *states, DWORD n)
{
    DWORD watched = 0;
    for (DWORD i = 0; i < n; i++)
        watched += states[i].dwCurrentState & SCARD_STATE_IGNORE ? 0 : 1;
    return watched;
}

LONG SCardGetStatusChange(
    SCARDCONTEXT id, DWORD timeout, SCARD_READERSTATE *states, DWORD n)
{
    LONG rc = SCARD_S_SUCCESS;
    service_enter();
    service.status_changes++;
    service_leave();
    if ((!states && n > 0) || n > READERS_MAX)
        return SCARD_E_INVALID_PARAMETER;
    for (DWORD i = 0; i < n; i++)
        if (!states[i].szReader)
            return SCARD_E_INVALID_VALUE;
    if (count_watched(states, n) == 0)
        return SCARD_S_SUCCESS;
    service_enter();
    struct context *context = service_context(id, &rc);
    if (context) {
        rc = check(states, n);
        if (rc == SCARD_S_SUCCESS) {
            context->waiting = true;
            rc = watch(context, timeout, states, n);
            context->waiting = false;
            context->cancelled = false;
        }
        service_context_done(context);
    }
    service_leave();
    return rc;
}
