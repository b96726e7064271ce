/* SPDX-License-Identifier: Apache-2.0 */
#include "token/readers.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "conf/lock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_card.h"
#include "conf/words_log.h"

_Static_assert(READERS_MAX *JPKI_PINS <= PIN_HISTORY_SLOTS,
    "the history of PINs has no room for a slot");

struct readers {
    struct context *context;
    struct lock lock; /* for adding; no token's lock is taken under it */
    bool listed;      /* pcscd was asked for its readers */
    atomic_size_t count;
    struct token tokens[READERS_MAX];
};

/* The names of all readers that the process had; there is one list at a time.
 */
static struct {
    size_t count;
    char names[READERS_MAX][READER_NAME_MAX];
} known;

/* List lock held, or the list not shared yet. */
static enum tok_err add(struct readers *readers, const char *name)
{
    size_t i = readers_count(readers);
    struct token *token = &readers->tokens[i];
    enum tok_err err = token_init(token, readers->context, (unsigned)i, name);

    if (err != TOK_OK)
        return err;
    /* A program that has a list is to hear of the reader. */
    token->events += readers->listed;
    atomic_store(&readers->count, i + 1);
    return TOK_OK;
}

enum tok_err readers_new(struct context *context, struct readers **ret_readers)
{
    struct readers *readers = calloc(1, sizeof *readers);
    enum tok_err err = TOK_OK;
    size_t i;

    if (!readers)
        return TOK_NOMEM;
    if (!lock_init(&readers->lock)) {
        free(readers);
        return TOK_NOMEM;
    }
    readers->context = context;
    for (i = 0; i < known.count && err == TOK_OK; i++)
        err = add(readers, known.names[i]);
    if (err == TOK_OK)
        *ret_readers = readers;
    else
        readers_free(readers);
    return err;
}

void readers_free(struct readers *readers)
{
    size_t i;

    if (!readers)
        return;
    for (i = 0; i < readers->count; i++)
        token_done(&readers->tokens[i]);
    lock_destroy(&readers->lock);
    free(readers);
}

size_t readers_count(const struct readers *readers)
{
    return atomic_load(&readers->count);
}

struct token *readers_token(struct readers *readers, size_t i)
{
    return &readers->tokens[i];
}

/* Adds a reader of NAME unless it is known or not wanted. List lock held. */
static void add_new(struct readers *readers, const char *name)
{
    size_t i, count = readers_count(readers);

    for (i = 0; i < count; i++)
        if (strcmp(readers->tokens[i].name, name) == 0)
            return;
    if (!context_wants_reader(readers->context, name))
        return;
    if (count == READERS_MAX)
        log_warn(words(W_LOG_TOO_MANY_READERS), name, READERS_MAX);
    else if (add(readers, name) == TOK_OK)
        strcpy(known.names[known.count++], readers->tokens[count].name);
}

static const struct reader_state *find_state(
    const struct reader_state *states, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(states[i].name, name) == 0)
            return &states[i];
    return NULL;
}

enum tok_err readers_refresh(struct readers *readers,
    struct reader_state ret_states[READERS_MAX], size_t *ret_count)
{
    uint64_t asked;
    size_t i;
    enum tok_err err = monitor_get_states(
        readers->context->monitor, ret_states, READERS_MAX, ret_count, &asked);

    lock_acquire(&readers->lock);
    for (i = 0; i < *ret_count; i++)
        add_new(readers, ret_states[i].name);
    readers->listed = true;
    lock_release(&readers->lock);

    /* That says nothing of readers and cards. */
    if (err == TOK_NOMEM || err == TOK_IO)
        return err;
    for (i = 0; i < readers_count(readers); i++) {
        struct token *token = &readers->tokens[i];
        const struct reader_state *state =
            find_state(ret_states, *ret_count, token->name);
        bool lost;
        token_lock(token);
        lost = token_is_lost(token, state);
        if (!lost)
            token_note_state(token, state, asked);
        token_unlock(token);
        if (lost)
            token_refresh(token);
    }
    return err;
}

/* The configuration takes none of the readers there are, as was logged. */
static atomic_bool logged_none_wanted;

void readers_explain(const struct readers *readers,
    const struct reader_state *states, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (context_wants_reader(readers->context, states[i].name)) {
            atomic_store(&logged_none_wanted, false);
            return;
        }
    }
    if (count == 0)
        monitor_explain();
    else if (!atomic_exchange(&logged_none_wanted, true))
        log_warn(words(W_NONE_WANTED), states[0].name);
}

const struct trouble *readers_trouble(void)
{
    return monitor_trouble();
}
