/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SESSION_H
#define PKCS11_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pkcs11/cryptoki.h"
#include "pkcs11/object.h"
#include "pkcs11/op.h"

struct reader;
struct slot;

/* What C_FindObjectsInit found; walked by C_FindObjects. */
struct find {
    bool active;
    size_t count, next;
    CK_OBJECT_HANDLE handles[OBJECT_KINDS];
};

/* A session. All of it under the lock of its reader. */
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

/* Opens a session on SLOT. CKR_HOST_MEMORY. Lock held. */
CK_RV session_open(
    struct slot *slot, bool rw, CK_SESSION_HANDLE *ret_handle) TOKEN_LOCKED;

/* The session of HANDLE, NULL when there is none. Lock held. */
struct session *session_find(struct reader *reader, CK_SESSION_HANDLE handle);

/*
 * Ends SESSION and its operations. The last session of a slot takes the log-in
 * with it (PKCS #11 5.6.2). Lock held.
 */
void session_close(struct session *session) TOKEN_LOCKED;

/* Ends all sessions of SLOT. Lock held. */
void session_close_all(struct slot *slot) TOKEN_LOCKED;

/* Ends operations of SLOT's sessions that use an object no longer seen. */
void session_drop_private(struct slot *slot);

/* Wipes the PINs given for one signature in SLOT's sessions: they changed. */
void session_drop_pins(struct slot *slot);

/* How many of SLOT's sessions hold a PIN for one signature. Lock held. */
size_t session_count_pins(const struct slot *slot);

/*
 * A program shows that it asks its user for each signature with KEY: the
 * signatures that are under way with it, in whatever session, need a PIN of
 * their own. Nothing where the key does not ask. Lock held.
 */
void session_require_pin(struct slot *slot, CK_OBJECT_HANDLE key);

/* PKCS #11 5.6.5; computed, never stored. Lock held. */
void session_info(const struct session *session, CK_SESSION_INFO *ret_info);

/*
 * Makes OP the active operation of its kind, which SESSION owns from here on.
 * CKR_OPERATION_ACTIVE when there is one: OP is freed. Lock held.
 */
CK_RV session_begin_op(struct session *session, struct op *op);

/*
 * The active operation of KIND: CKR_OPERATION_NOT_INITIALIZED, also where
 * another call is finishing it. Lock held.
 */
CK_RV session_op(
    struct session *session, enum op_kind kind, struct op **ret_op);

/* The operation ID of KIND; NULL where it ended meanwhile. Lock held. */
struct op *session_find_op(
    struct session *session, enum op_kind kind, uint64_t id);

/* Ends the operation of KIND, if there is one. Lock held. */
void session_end_op(struct session *session, enum op_kind kind);

#endif
