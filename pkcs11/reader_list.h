/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_READER_LIST_H
#define PKCS11_READER_LIST_H

#include <stdatomic.h>
#include "pkcs11/slot.h"
#include "token/readers.h"

/*
 * The readers of token/readers.h with their slots. A reader keeps its place,
 * and so its slot ids, for the life of the process. Thread-safe; tokens' locks
 * are taken.
 */
struct reader_list {
    struct readers *readers;
    /* How many C_GetSlotList shows, until it is asked for a size; 0: never. */
    atomic_size_t shown;
    struct reader items[READERS_MAX];
};

/* CKR_HOST_MEMORY. CONTEXT must outlive the list; nothing is sent to pcscd. */
CK_RV reader_list_new(struct context *context, struct reader_list **ret_list);
/* Ends all sessions. LIST may be NULL. */
void reader_list_free(struct reader_list *list) EXCLUDES(token_held);

/* The I-th reader, NULL past the end. */
struct reader *reader_list_get(struct reader_list *list, size_t i);

/* See readers_refresh. */
void reader_list_refresh(struct reader_list *list,
    struct reader_state ret_states[READERS_MAX], size_t *ret_count)
    EXCLUDES(token_held);

#endif
