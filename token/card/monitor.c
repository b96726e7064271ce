/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/monitor.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#include "conf/lock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_card.h"
#include "conf/words_log.h"
#include "token/card/pcsc.h"

/* A context, and how many the monitor had with it. */
struct context_use {
    SCARDCONTEXT context;
    uint16_t generation;
};

#define NAMES_MAX 8192 /* bytes of a list of names; more is not believed */

struct monitor {
    struct lock lock; /* of the fields; held over no call of PC/SC */
    bool has_context;
    struct context_use use;
    atomic_uint_fast64_t asked; /* counts the questions */
};

enum tok_err monitor_new(struct monitor **ret_monitor)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);

    if (!monitor)
        return TOK_NOMEM;
    if (!lock_init(&monitor->lock)) {
        free(monitor);
        return TOK_NOMEM;
    }
    *ret_monitor = monitor;
    return TOK_OK;
}

void monitor_free(struct monitor *monitor)
{
    if (!monitor)
        return;
    if (monitor->has_context)
        (void)SCardReleaseContext(monitor->use.context);
    lock_destroy(&monitor->lock);
    free(monitor);
}

/* Gives a context up that turned out dead, unless another thread did. */
static void drop_context(struct monitor *monitor, const struct context_use *use)
{
    bool ours;

    lock_acquire(&monitor->lock);
    ours = monitor->has_context && monitor->use.generation == use->generation;
    if (ours)
        monitor->has_context = false;
    lock_release(&monitor->lock);
    if (ours)
        (void)SCardReleaseContext(use->context);
}

/* The context there is; false: none. */
static bool get_context(struct monitor *monitor, struct context_use *ret_use)
{
    bool found;

    lock_acquire(&monitor->lock);
    found = monitor->has_context;
    *ret_use = monitor->use;
    lock_release(&monitor->lock);
    return found;
}

/* Makes a context where there is none; of two threads that do, one keeps it. */
static LONG open_context(struct monitor *monitor, struct context_use *ret_use)
{
    SCARDCONTEXT context = 0;
    bool kept;
    LONG code;

    if (get_context(monitor, ret_use))
        return SCARD_S_SUCCESS;
    code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (code != SCARD_S_SUCCESS)
        return code;
    lock_acquire(&monitor->lock);
    kept = !monitor->has_context;
    if (kept) {
        monitor->has_context = true;
        monitor->use.context = context;
        monitor->use.generation++;
    }
    *ret_use = monitor->use;
    lock_release(&monitor->lock);
    if (!kept)
        (void)SCardReleaseContext(context);
    return SCARD_S_SUCCESS;
}

/* Asks for the names of all readers: strings one after another, then a NUL. */
static LONG get_names(SCARDCONTEXT context, char names[NAMES_MAX])
{
    DWORD size = NAMES_MAX;
    LONG code;

    memset(names, 0, NAMES_MAX);
    code = SCardListReaders(context, NULL, names, &size);
    if (code == SCARD_E_NO_READERS_AVAILABLE) {
        memset(names, 0, 2);
        return SCARD_S_SUCCESS;
    }
    if (code == SCARD_S_SUCCESS &&
        (size < 2 || size > NAMES_MAX || names[size - 1] || names[size - 2]))
        return SCARD_F_INTERNAL_ERROR;
    return code;
}

static LONG get_states(
    SCARDCONTEXT context, DWORD ms, SCARD_READERSTATE *states, size_t count)
{
    LONG code;

    if (count == 0)
        return SCARD_S_SUCCESS;
    code = SCardGetStatusChange(context, ms, states, count);
    return code == SCARD_E_TIMEOUT ? SCARD_S_SUCCESS : code;
}

/* What changes while card and reader stay. */
#define NOT_OF_THE_CARD \
    (SCARD_STATE_CHANGED | SCARD_STATE_INUSE | SCARD_STATE_EXCLUSIVE)

/* STATE in our words, as it was asked for with USE at the time ASKED. */
static void set_state(const struct context_use *use, uint64_t asked,
    const SCARD_READERSTATE *state, struct reader_state *ret_state)
{
    DWORD event = state->dwEventState;

    memset(ret_state, 0, sizeof *ret_state);
    memcpy(ret_state->name, state->szReader,
        strnlen(state->szReader, sizeof ret_state->name - 1));
    ret_state->present = event & SCARD_STATE_PRESENT;
    ret_state->mute = event & SCARD_STATE_MUTE;
    ret_state->exclusive = event & SCARD_STATE_EXCLUSIVE;
    ret_state->state = (uint32_t)(event & ~(DWORD)NOT_OF_THE_CARD);
    ret_state->insertion =
        (uint32_t)use->generation << 16 | (event >> 16 & 0xffff);
    ret_state->asked = asked;
}

/* Points STATES at the names; returns how many there are. */
static size_t split_names(
    const char *names, SCARD_READERSTATE *states, size_t cap)
{
    size_t count = 0;

    memset(states, 0, cap * sizeof *states);
    for (; *names && count < cap; names += strlen(names) + 1) {
        if (strlen(names) >= READER_NAME_MAX)
            log_warn("%s", words(W_LOG_READER_NAME));
        else
            states[count++].szReader = names;
    }
    return count;
}

/*
 * Why no reader was found last, and which reason was logged:
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
    const struct trouble *trouble = pcsc_trouble(code);

    if (!pcsc_is_new_reason(code, logged) ||
        !atomic_compare_exchange_strong(&logged_code, &logged, code))
        return;
    if (trouble->advice.en)
        log_warn("%s", words_of(&trouble->advice));
    else
        log_warn(words(W_NO_READERS_CODE), trouble->name);
}

const struct trouble *monitor_trouble(void)
{
    LONG code = atomic_load(&no_reader_code);

    return code == SCARD_S_SUCCESS ? NULL : pcsc_trouble(code);
}

/* SCardGetStatusChange takes no more. */
#define STATES_MAX PCSCLITE_MAX_READERS_CONTEXTS
#define ASK_TRIES 3

/* The states of all readers in STATES, whose names are in NAMES. */
static LONG ask_all(SCARDCONTEXT context, char names[NAMES_MAX],
    SCARD_READERSTATE *states, size_t cap, size_t *ret_count)
{
    LONG code = get_names(context, names);

    if (code != SCARD_S_SUCCESS)
        return code;
    *ret_count =
        split_names(names, states, cap < STATES_MAX ? cap : STATES_MAX);
    return get_states(context, 0, states, *ret_count);
}

enum tok_err monitor_get_states(struct monitor *monitor,
    struct reader_state *ret_states, size_t cap, size_t *ret_count,
    uint64_t *ret_asked)
{
    SCARD_READERSTATE states[STATES_MAX];
    struct context_use use = {0, 0};
    char *names = malloc(NAMES_MAX);
    uint64_t asked = atomic_fetch_add(&monitor->asked, 1) + 1;
    size_t count = 0, i;
    LONG code = SCARD_E_UNKNOWN_READER;

    *ret_count = 0;
    *ret_asked = asked;
    if (!names) {
        note_readers(SCARD_E_NO_MEMORY, 0);
        return TOK_NOMEM;
    }
    /* A reader, or pcscd, may go between the list and the next question. */
    for (i = 0; i < ASK_TRIES &&
                (code == SCARD_E_UNKNOWN_READER || pcsc_context_is_dead(code));
         i++) {
        code = open_context(monitor, &use);
        if (code != SCARD_S_SUCCESS)
            break;
        code = ask_all(use.context, names, states, cap, &count);
        if (pcsc_context_is_dead(code))
            drop_context(monitor, &use);
    }
    /* Readers come and go too fast to say anything of them. */
    if (code == SCARD_E_UNKNOWN_READER)
        code = SCARD_F_INTERNAL_ERROR;
    if (code == SCARD_S_SUCCESS) {
        for (i = 0; i < count; i++)
            set_state(&use, asked, &states[i], &ret_states[i]);
        *ret_count = count;
    }
    note_readers(code, *ret_count);
    free(names);
    return pcsc_err(code);
}

enum tok_err monitor_get_state(
    struct monitor *monitor, const char *name, struct reader_state *ret_state)
{
    uint64_t asked = atomic_fetch_add(&monitor->asked, 1) + 1;
    SCARD_READERSTATE state;
    struct context_use use;
    LONG code = SCARD_E_NO_SERVICE;
    int i;

    memset(ret_state, 0, sizeof *ret_state);
    ret_state->asked = asked;
    for (i = 0; i < 2; i++) {
        code = open_context(monitor, &use);
        if (code != SCARD_S_SUCCESS)
            return pcsc_err(code);
        memset(&state, 0, sizeof state);
        state.szReader = name;
        code = get_states(use.context, 0, &state, 1);
        if (!pcsc_context_is_dead(code))
            break;
        drop_context(monitor, &use);
    }
    if (code != SCARD_S_SUCCESS)
        return pcsc_err(code);
    if (state.dwEventState & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE))
        return TOK_NO_READER;
    set_state(&use, asked, &state, ret_state);
    return TOK_OK;
}

/* The name by which pcscd tells of readers that come and go. */
#define ANY_READER "\\\\?PnP?\\Notification"

enum tok_err monitor_wait(struct monitor *monitor,
    const struct reader_state *known, size_t count, unsigned ms)
{
    SCARD_READERSTATE states[STATES_MAX];
    struct context_use use;
    LONG code = open_context(monitor, &use);
    size_t i;

    if (code != SCARD_S_SUCCESS)
        return pcsc_err(code);
    memset(states, 0, sizeof states);
    if (count > STATES_MAX - 1)
        count = STATES_MAX - 1;
    for (i = 0; i < count; i++) {
        states[i].szReader = known[i].name;
        states[i].dwCurrentState = known[i].state;
    }
    states[count].szReader = ANY_READER;
    code = get_states(use.context, ms, states, count + 1);
    if (pcsc_context_is_dead(code))
        drop_context(monitor, &use);
    return code == SCARD_E_CANCELLED ? TOK_OK : pcsc_err(code);
}

void monitor_cancel(struct monitor *monitor)
{
    struct context_use use;

    if (get_context(monitor, &use))
        (void)SCardCancel(use.context);
}
