/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/reader_list.h"

#include <stdlib.h>

#include "pkcs11/rv.h"
#include "pkcs11/session.h"

_Static_assert(READERS_MAX <= 1 << HANDLE_READER_BITS,
    "a handle has no room for the number of its reader");

/* Prepares READER, zeroed and number INDEX, for TOKEN, which may come later. */
static void init_reader(
    struct reader *reader, unsigned index, struct token *token)
{
    size_t i;

    reader->index = index;
    reader->token = token;
    for (i = 0; i < JPKI_ROLES; i++) {
        struct slot *slot = &reader->slots[i];
        slot->id = index * JPKI_ROLES + i;
        slot->reader = reader;
        slot->token = token;
        slot->role = jpki_role((enum jpki_role_id)i);
    }
}

CK_RV reader_list_new(struct context *context, struct reader_list **ret_list)
{
    struct reader_list *list = calloc(1, sizeof *list);
    enum tok_err err;
    unsigned i;

    if (!list)
        return CKR_HOST_MEMORY;
    err = readers_new(context, &list->readers);
    if (err != TOK_OK) {
        free(list);
        return rv_from_tok(err);
    }
    for (i = 0; i < READERS_MAX; i++)
        init_reader(&list->items[i], i, readers_token(list->readers, i));
    *ret_list = list;
    return CKR_OK;
}

void reader_list_free(struct reader_list *list)
{
    struct reader *reader;
    size_t i;

    if (!list)
        return;
    for (i = 0; (reader = reader_list_get(list, i)); i++)
        session_end_all(reader);
    readers_free(list->readers);
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

    (void)readers_refresh(list->readers, ret_states, ret_count);
    /* What a program typed or gathered for a card ends with it. */
    for (i = 0; (reader = reader_list_get(list, i)); i++) {
        token_lock(reader->token);
        sync_reader(reader);
        token_unlock(reader->token);
    }
}
