/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_READER_LIST_H
#define PKCS11_READER_LIST_H

#include "pkcs11/reader.h"
#include "token/readers.h"

/*
 * The readers of token/readers.h with their slots. A reader keeps its place,
 * and so its slot ids, for the life of the process. Thread-safe; tokens' locks
 * are taken.
 */
struct reader_list;

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
/* See readers_explain. */
void reader_list_explain(const struct reader_list *list,
    const struct reader_state *states, size_t count);

/*
 * From here on C_GetSlotList shows the readers there are now, and no more until
 * this is called again.
 */
void reader_list_show(struct reader_list *list);
/* How many it shows; 0: never called. */
size_t reader_list_shown(const struct reader_list *list);

#endif
