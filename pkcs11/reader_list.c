/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/reader_list.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "conf/lock.h"
#include "pkcs11/handles.h"
#include "pkcs11/rv.h"
#include "pkcs11/sync.h"

_Static_assert(READERS_MAX <= 1 << HANDLE_READER_BITS,
    "a handle has no room for the number of its reader");

struct reader_list {
    struct lock lock; /* of known */
    struct readers *readers;
    atomic_size_t shown;
    struct reader items[READERS_MAX];
};

/* What outlives C_Finalize; there is one list at a time. */
static struct {
    size_t count;
    char names[READERS_MAX][READER_NAME_MAX];
} known;

/* Makes the list with the readers of earlier ones. */
static enum tok_err fill(struct reader_list *list, struct context *context)
{
    enum tok_err err = readers_new(context, &list->readers);
    unsigned i;

    for (i = 0; i < READERS_MAX && err == TOK_OK; i++)
        reader_init(&list->items[i], i, readers_token(list->readers, i));
    for (i = 0; i < known.count && err == TOK_OK; i++)
        err = readers_add(list->readers, known.names[i]);
    return err;
}

CK_RV reader_list_new(struct context *context, struct reader_list **ret_list)
{
    struct reader_list *list = calloc(1, sizeof *list);
    enum tok_err err;

    if (!list)
        return CKR_HOST_MEMORY;
    if (!lock_init(&list->lock)) {
        free(list);
        return CKR_HOST_MEMORY;
    }
    err = fill(list, context);
    if (err == TOK_OK)
        *ret_list = list;
    else
        reader_list_free(list);
    return rv_from_tok(err);
}

void reader_list_free(struct reader_list *list)
{
    struct reader *reader;
    size_t i;

    if (!list)
        return;
    for (i = 0; list->readers && (reader = reader_list_get(list, i)); i++)
        sync_end(reader);
    readers_free(list->readers);
    lock_destroy(&list->lock);
    free(list);
}

struct reader *reader_list_get(struct reader_list *list, size_t i)
{
    return i < readers_count(list->readers) ? &list->items[i] : NULL;
}

void reader_list_refresh(struct reader_list *list,
    struct reader_state ret_states[READERS_MAX], size_t *ret_count)
{
    struct reader *reader;
    size_t i;

    readers_refresh(list->readers, ret_states, ret_count);
    /* What a program typed or gathered for a card ends with it. */
    for (i = 0; (reader = reader_list_get(list, i)); i++) {
        token_lock(reader->token);
        sync_reader(reader);
        token_unlock(reader->token);
    }
    lock_acquire(&list->lock);
    for (; known.count < readers_count(list->readers); known.count++)
        strcpy(known.names[known.count],
            readers_token(list->readers, known.count)->name);
    lock_release(&list->lock);
}

void reader_list_explain(const struct reader_list *list,
    const struct reader_state *states, size_t count)
{
    readers_explain(list->readers, states, count);
}

void reader_list_show(struct reader_list *list)
{
    atomic_store(&list->shown, readers_count(list->readers));
}

size_t reader_list_shown(const struct reader_list *list)
{
    return atomic_load(&list->shown);
}
