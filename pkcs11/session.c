/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/session.h"

#include <stdlib.h>
#include <string.h>

/* Handles ascend, so that their lowest bits fill the table evenly. */
static struct session **bucket_of(
    struct reader *reader, CK_SESSION_HANDLE handle)
{
    return &reader->table[(handle >> HANDLE_READER_BITS) % SESSION_BUCKETS];
}

static void insert(struct reader *reader, struct session *session)
{
    struct session **bucket = bucket_of(reader, session->handle);

    session->next = reader->sessions;
    session->link = &reader->sessions;
    if (session->next)
        session->next->link = &session->next;
    reader->sessions = session;
    session->next_in_bucket = *bucket;
    *bucket = session;
}

static void remove_session(struct reader *reader, struct session *session)
{
    struct session **bucket = bucket_of(reader, session->handle);

    *session->link = session->next;
    if (session->next)
        session->next->link = session->link;
    while (*bucket != session)
        bucket = &(*bucket)->next_in_bucket;
    *bucket = session->next_in_bucket;
}

CK_RV session_open(struct slot *slot, bool rw, CK_SESSION_HANDLE *ret_handle)
{
    struct session *session = calloc(1, sizeof *session);

    if (!session)
        return CKR_HOST_MEMORY;
    session->handle = handle_new(slot->reader->index);
    if (session->handle == CK_INVALID_HANDLE) {
        free(session);
        return CKR_SESSION_COUNT;
    }
    session->slot = slot;
    session->epoch = slot->reader->epoch;
    session->rw = rw;
    insert(slot->reader, session);
    slot->sessions++;
    slot->rw_sessions += rw;
    if (!slot->reader->opened.first)
        slot->reader->opened.first = session->handle;
    slot->reader->opened.last = session->handle;
    token_add_user(slot->token);
    *ret_handle = session->handle;
    return CKR_OK;
}

struct session *session_find(struct reader *reader, CK_SESSION_HANDLE handle)
{
    struct session *session = *bucket_of(reader, handle);

    while (session && session->handle != handle)
        session = session->next_in_bucket;
    return session;
}

void session_end_op(struct session *session, enum op_kind kind)
{
    op_free(session->ops[kind]);
    session->ops[kind] = NULL;
}

void session_close(struct session *session)
{
    struct slot *slot = session->slot;
    int kind;

    remove_session(slot->reader, session);
    slot->sessions--;
    slot->rw_sessions -= session->rw;
    token_remove_user(slot->token, session->epoch);
    for (kind = 0; kind < OP_KINDS; kind++)
        session_end_op(session, (enum op_kind)kind);
    free(session);
    if (slot->sessions == 0)
        session_log_out(slot);
}

void session_log_out(struct slot *slot)
{
    object_forget_private(slot);
    token_log_out(slot->token, slot->role->id);
}

void session_close_all(struct slot *slot)
{
    struct session *session = slot->reader->sessions;

    while (session) {
        struct session *next = session->next;
        if (session->slot == slot)
            session_close(session);
        session = next;
    }
}

static TOKEN_LOCKED void close_sessions(struct reader *reader)
{
    while (reader->sessions)
        session_close(reader->sessions);
}

void session_end_all(struct reader *reader)
{
    token_lock(reader->token);
    close_sessions(reader);
    token_unlock(reader->token);
}

static TOKEN_LOCKED void forget_card(struct reader *reader)
{
    size_t i;

    if (reader->opened.first)
        reader->gone[reader->gone_next++ % GONE_CARDS] = reader->opened;
    memset(&reader->opened, 0, sizeof reader->opened);
    for (i = 0; i < JPKI_ROLES; i++) {
        struct slot *slot = &reader->slots[i];
        memset(slot->status, 0, sizeof slot->status);
        memset(slot->objects, 0, sizeof slot->objects);
    }
    close_sessions(reader);
    reader->epoch = reader->token->epoch;
}

/* Ends the session's operations that use an object no longer seen. */
static TOKEN_LOCKED void drop_private(struct session *session)
{
    enum object_kind object;
    int kind;

    for (kind = 0; kind < OP_KINDS; kind++) {
        struct op *op = session->ops[kind];
        if (op && op->key != CK_INVALID_HANDLE &&
            !object_find(session->slot, op->key, &object))
            session_end_op(session, (enum op_kind)kind);
    }
}

/* Wipes the PIN given for one signature: it was changed. */
static void drop_pin(struct session *session)
{
    struct op *op = session->ops[OP_SIGN];

    if (!op)
        return;
    pin_free(op->pin);
    op->pin = NULL;
}

static TOKEN_LOCKED void sync_slot(struct slot *slot)
{
    const struct token_key *key = slot_key(slot);
    struct session *session;

    if (slot->logins != key->logins)
        object_hide_private(slot);
    slot->logins = key->logins;
    for (session = slot->reader->sessions; session; session = session->next) {
        if (session->slot != slot)
            continue;
        drop_private(session);
        if (slot->pin_changes != key->pin_changes)
            drop_pin(session);
    }
    slot->pin_changes = key->pin_changes;
    object_refresh(slot);
}

void sync_reader(struct reader *reader)
{
    const struct token *token = reader->token;
    size_t i;

    if (reader->changes == token->changes)
        return;
    if (!token_is_epoch(token, reader->epoch))
        forget_card(reader);
    if (token->recognised == TOKEN_JPKI)
        memcpy(reader->opened.serial, token->serial, sizeof token->serial);
    for (i = 0; i < JPKI_ROLES; i++)
        sync_slot(&reader->slots[i]);
    reader->changes = token->changes;
}

size_t session_count_pins(const struct slot *slot)
{
    const struct session *session;
    size_t count = 0;

    for (session = slot->reader->sessions; session; session = session->next)
        if (session->slot == slot && session->ops[OP_SIGN] &&
            session->ops[OP_SIGN]->pin)
            count++;
    return count;
}

void session_require_pin(struct slot *slot, CK_OBJECT_HANDLE key)
{
    struct session *session;

    if (!token_asks_each_time(slot->token, slot->role->id))
        return;
    for (session = slot->reader->sessions; session; session = session->next) {
        struct op *op = session->ops[OP_SIGN];
        if (session->slot == slot && op && op->key == key)
            op->needs_pin = true;
    }
}

CK_RV session_op(struct session *session, enum op_kind kind, struct op **ret_op)
{
    if (!session->ops[kind] || session->ops[kind]->taken)
        return CKR_OPERATION_NOT_INITIALIZED;
    *ret_op = session->ops[kind];
    return CKR_OK;
}
