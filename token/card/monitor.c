/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/monitor.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#include "conf/log.h"
#include "token/card/pcsc.h"

#define NAMES_MAX 8192 /* bytes of a list of names; more is not believed */

struct monitor {
    pthread_mutex_t lock; /* of the context's coming and going */
    bool has_context;
    SCARDCONTEXT context;
    uint16_t generation; /* counts the contexts made */
};

enum tok_err monitor_new(struct monitor **ret_monitor)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);

    if (!monitor)
        return TOK_NOMEM;
    if (pthread_mutex_init(&monitor->lock, NULL) != 0) {
        free(monitor);
        return TOK_NOMEM;
    }
    *ret_monitor = monitor;
    return TOK_OK;
}

/* What monitor_cancel sees of the context is one that lives. */
static void set_context(
    struct monitor *monitor, bool has_context, SCARDCONTEXT context)
{
    pthread_mutex_lock(&monitor->lock);
    monitor->has_context = has_context;
    monitor->context = context;
    pthread_mutex_unlock(&monitor->lock);
}

static void drop_context(struct monitor *monitor)
{
    SCARDCONTEXT context = monitor->context;

    if (!monitor->has_context)
        return;
    set_context(monitor, false, 0);
    (void)SCardReleaseContext(context);
}

void monitor_free(struct monitor *monitor)
{
    if (!monitor)
        return;
    drop_context(monitor);
    pthread_mutex_destroy(&monitor->lock);
    free(monitor);
}

static LONG open_context(struct monitor *monitor)
{
    SCARDCONTEXT context = 0;
    LONG code;

    if (monitor->has_context)
        return SCARD_S_SUCCESS;
    code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (code != SCARD_S_SUCCESS)
        return code;
    set_context(monitor, true, context);
    monitor->generation++;
    return SCARD_S_SUCCESS;
}

/* Asks for the names of all readers: strings one after another, then a NUL. */
static LONG get_names(struct monitor *monitor, char names[NAMES_MAX])
{
    DWORD size = NAMES_MAX;
    LONG code = SCardListReaders(monitor->context, NULL, names, &size);

    if (code == SCARD_E_NO_READERS_AVAILABLE) {
        memset(names, 0, 2);
        return SCARD_S_SUCCESS;
    }
    if (code == SCARD_S_SUCCESS &&
        (size < 2 || size > NAMES_MAX || names[size - 1] || names[size - 2]))
        return SCARD_F_INTERNAL_ERROR;
    return code;
}

/* Makes a context if there is none, and one anew where it turns out dead. */
static LONG list_names(struct monitor *monitor, char names[NAMES_MAX])
{
    int i;

    for (i = 0; i < 2; i++) {
        LONG code = open_context(monitor);
        if (code != SCARD_S_SUCCESS)
            return code;
        memset(names, 0, NAMES_MAX);
        code = get_names(monitor, names);
        if (!pcsc_context_is_dead(code))
            return code;
        drop_context(monitor);
    }
    return SCARD_E_NO_SERVICE;
}

static LONG get_states(
    struct monitor *monitor, DWORD ms, SCARD_READERSTATE *states, size_t count)
{
    LONG code;

    if (count == 0)
        return SCARD_S_SUCCESS;
    code = SCardGetStatusChange(monitor->context, ms, states, count);
    if (pcsc_context_is_dead(code))
        drop_context(monitor);
    return code == SCARD_E_TIMEOUT ? SCARD_S_SUCCESS : code;
}

/* What changes while card and reader stay. */
#define NOT_OF_THE_CARD \
    (SCARD_STATE_CHANGED | SCARD_STATE_INUSE | SCARD_STATE_EXCLUSIVE)

static void set_look(const struct monitor *monitor,
    const SCARD_READERSTATE *state, struct reader_state *ret_state)
{
    DWORD event = state->dwEventState;

    memset(ret_state, 0, sizeof *ret_state);
    memcpy(ret_state->name, state->szReader,
        strnlen(state->szReader, sizeof ret_state->name - 1));
    ret_state->present = event & SCARD_STATE_PRESENT;
    ret_state->mute = event & SCARD_STATE_MUTE;
    ret_state->held = event & SCARD_STATE_EXCLUSIVE;
    ret_state->state = (uint32_t)(event & ~(DWORD)NOT_OF_THE_CARD);
    ret_state->insertion =
        (uint32_t)monitor->generation << 16 | (event >> 16 & 0xffff);
}

/* Points STATES at the names; returns how many there are. */
static size_t split_names(
    const char *names, SCARD_READERSTATE *states, size_t cap)
{
    size_t count = 0;

    memset(states, 0, cap * sizeof *states);
    for (; *names && count < cap; names += strlen(names) + 1) {
        if (strlen(names) >= READER_NAME_MAX)
            log_warn("a reader's name is too long: left out");
        else
            states[count++].szReader = names;
    }
    return count;
}

/*
 * Why the last look of the process found no reader, and what was logged of it:
 * SCARD_S_SUCCESS where there is one. Not part of a monitor, since programs
 * initialise the module again and again.
 */
static atomic_long no_reader_code = SCARD_S_SUCCESS;
static atomic_long logged_code = SCARD_S_SUCCESS;

static void note_readers(LONG code, size_t count)
{
    if (code == SCARD_S_SUCCESS && count == 0)
        code = SCARD_E_NO_READERS_AVAILABLE;
    atomic_store(&no_reader_code, code);
    if (code == SCARD_S_SUCCESS)
        atomic_store(&logged_code, code);
}

void monitor_explain(void)
{
    LONG code = atomic_load(&no_reader_code);
    long logged = atomic_load(&logged_code);
    const char *advice = pcsc_advice(code);

    if (!pcsc_is_new_reason(code, logged) ||
        !atomic_compare_exchange_strong(&logged_code, &logged, code))
        return;
    if (advice)
        log_warn("%s", advice);
    else
        log_warn("no card readers: PC/SC says %s", pcsc_name(code));
}

/* SCardGetStatusChange takes no more. */
#define LOOKS_MAX PCSCLITE_MAX_READERS_CONTEXTS
#define LOOK_TRIES 3

enum tok_err monitor_get_states(struct monitor *monitor,
    struct reader_state *ret_states, size_t cap, size_t *ret_count)
{
    SCARD_READERSTATE states[LOOKS_MAX];
    char *names = malloc(NAMES_MAX);
    size_t count = 0, i;
    LONG code = SCARD_E_UNKNOWN_READER;

    *ret_count = 0;
    if (!names) {
        note_readers(SCARD_E_NO_MEMORY, 0);
        return TOK_NOMEM;
    }
    /* A reader, or pcscd, may go between the list and the next question. */
    for (i = 0; i < LOOK_TRIES &&
                (code == SCARD_E_UNKNOWN_READER || pcsc_context_is_dead(code));
         i++) {
        code = list_names(monitor, names);
        if (code != SCARD_S_SUCCESS)
            break;
        count = split_names(names, states, cap < LOOKS_MAX ? cap : LOOKS_MAX);
        code = get_states(monitor, 0, states, count);
    }
    if (code == SCARD_S_SUCCESS) {
        for (i = 0; i < count; i++)
            set_look(monitor, &states[i], &ret_states[i]);
        *ret_count = count;
    }
    note_readers(code, *ret_count);
    free(names);
    return pcsc_err(code);
}

enum tok_err monitor_get_state(
    struct monitor *monitor, const char *name, struct reader_state *ret_state)
{
    SCARD_READERSTATE state;
    LONG code = SCARD_E_NO_SERVICE;
    int i;

    for (i = 0; i < 2; i++) {
        code = open_context(monitor);
        if (code != SCARD_S_SUCCESS)
            return pcsc_err(code);
        memset(&state, 0, sizeof state);
        state.szReader = name;
        code = get_states(monitor, 0, &state, 1);
        if (!pcsc_context_is_dead(code))
            break;
    }
    if (code != SCARD_S_SUCCESS)
        return pcsc_err(code);
    if (state.dwEventState & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE))
        return TOK_NO_READER;
    set_look(monitor, &state, ret_state);
    return TOK_OK;
}

/* The name by which pcscd tells of readers that come and go. */
#define ANY_READER "\\\\?PnP?\\Notification"

enum tok_err monitor_wait(struct monitor *monitor,
    const struct reader_state *known, size_t count, unsigned ms)
{
    SCARD_READERSTATE states[LOOKS_MAX];
    LONG code = open_context(monitor);
    size_t i;

    if (code != SCARD_S_SUCCESS)
        return pcsc_err(code);
    memset(states, 0, sizeof states);
    if (count > LOOKS_MAX - 1)
        count = LOOKS_MAX - 1;
    for (i = 0; i < count; i++) {
        states[i].szReader = known[i].name;
        states[i].dwCurrentState = known[i].state;
    }
    states[count].szReader = ANY_READER;
    code = get_states(monitor, ms, states, count + 1);
    return code == SCARD_E_CANCELLED ? TOK_OK : pcsc_err(code);
}

void monitor_cancel(struct monitor *monitor)
{
    pthread_mutex_lock(&monitor->lock);
    if (monitor->has_context)
        (void)SCardCancel(monitor->context);
    pthread_mutex_unlock(&monitor->lock);
}
