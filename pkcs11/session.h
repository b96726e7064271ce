/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SESSION_H
#define PKCS11_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pkcs11/cryptoki.h"
#include "pkcs11/object.h"
#include "pkcs11/op.h"

/* What C_FindObjectsInit found; walked by C_FindObjects. */
struct find {
    bool active;
    size_t count, next;
    CK_OBJECT_HANDLE handles[OBJECT_KINDS];
};

/* A session. All of it under the lock of its reader's token. */
struct session {
    CK_SESSION_HANDLE handle;
    struct slot *slot;
    uint64_t epoch; /* of the card it was opened on */
    bool rw;
    struct op *ops[OP_KINDS]; /* the active operation of each kind */
    struct find find;
    struct session *next, **link; /* in reader.sessions */
    struct session *next_in_bucket;
};

/* Opens a session on SLOT. CKR_HOST_MEMORY, CKR_SESSION_COUNT. Lock held. */
CK_RV session_open(
    struct slot *slot, bool rw, CK_SESSION_HANDLE *ret_handle) TOKEN_LOCKED;

/* The session of HANDLE, NULL when there is none. Lock held. */
struct session *session_find(
    struct reader *reader, CK_SESSION_HANDLE handle) TOKEN_LOCKED;

/*
 * Ends SESSION and its operations. The last session of a slot takes the log-in
 * with it (PKCS #11 5.6.2). Lock held.
 */
void session_close(struct session *session) TOKEN_LOCKED;

/*
 * Ends the log-in to SLOT at the program's will: for the standard the handles
 * of private objects are over then. Lock held.
 */
void session_log_out(struct slot *slot) TOKEN_LOCKED;

/* Ends all sessions of SLOT. Lock held. */
void session_close_all(struct slot *slot) TOKEN_LOCKED;

/* Ends all sessions of READER, which is not used any more. No lock held. */
void session_end_all(struct reader *reader) EXCLUDES(token_held);

/*
 * Takes note of what became of the card: where it is another one, or none, all
 * sessions and objects of READER end; where a log-in ended, the handles of
 * private objects, and operations with them; where the PIN was changed, PINs
 * for one signature. To be called by whatever takes the lock, and again after
 * each call of token/ that lets it go. Lock held.
 */
void sync_reader(struct reader *reader) TOKEN_LOCKED;

/* How many of SLOT's sessions hold a PIN for one signature. Lock held. */
size_t session_count_pins(const struct slot *slot) TOKEN_LOCKED;

/*
 * A program shows that it asks its user for each signature with KEY: the
 * signatures that are under way with it, in whatever session, need a PIN of
 * their own. Nothing where the key does not ask. Lock held.
 */
void session_require_pin(struct slot *slot, CK_OBJECT_HANDLE key) TOKEN_LOCKED;

/*
 * The active operation of KIND: CKR_OPERATION_NOT_INITIALIZED, also where
 * another call is finishing it. Lock held.
 */
CK_RV session_op(struct session *session, enum op_kind kind,
    struct op **ret_op) TOKEN_LOCKED;

/* Ends the operation of KIND, if there is one. Lock held. */
void session_end_op(struct session *session, enum op_kind kind) TOKEN_LOCKED;

#endif
