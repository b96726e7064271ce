/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OBJECT_H
#define PKCS11_OBJECT_H

#include "pkcs11/slot.h"

/*
 * The objects of a slot: which there are, and their handles. Their attributes
 * are rows of object_rows.h.
 */

/* What is known of a kind of objects. */
struct object_info {
    CK_OBJECT_CLASS class;
    const char *word; /* in CKA_UNIQUE_ID */
    /* True when the card has one, to be seen or not. Lock held. */
    bool (*exists)(const struct slot *slot);
    bool always_private; /* even where the certificate is free to read */
    bool is_of_token;    /* not of a certificate, and always public */
};

/* The row of KIND. No lock needed. */
const struct object_info *object_info(enum object_kind kind);

/* True for a public or a private key. No lock needed. */
bool object_is_key(enum object_kind kind);

/* True when an object of this kind is private (CKA_PRIVATE). Lock held. */
bool object_is_private(
    const struct slot *slot, enum object_kind kind) TOKEN_LOCKED;

/*
 * The certificate that the object is about, the token's; NULL before it was
 * read. Lock held.
 */
const struct cert *object_cert(
    const struct slot *slot, enum object_kind kind) TOKEN_LOCKED;
/*
 * OBJECT_ID_SIZE bytes that no other card's object of this kind has: of the
 * digest of its certificate, else the card's serial number, in ASCII. Lock
 * held.
 */
const void *object_id(
    const struct slot *slot, enum object_kind kind) TOKEN_LOCKED;

/*
 * Gives handles to what can be seen now: those that the same objects had, were
 * other cards in meanwhile. Takes them from the rest. Lock held.
 */
void object_refresh(struct slot *slot) TOKEN_LOCKED;
/* Takes the handles of private objects, until the next log-in. Lock held. */
void object_hide_private(struct slot *slot) TOKEN_LOCKED;
/*
 * Has private objects that can be seen now get other handles than these. Lock
 * held.
 */
void object_forget_private(struct slot *slot) TOKEN_LOCKED;

/* The kind of object HANDLE; false when the slot has none such now. Lock held.
 */
bool object_find(const struct slot *slot, CK_OBJECT_HANDLE handle,
    enum object_kind *ret_kind) TOKEN_LOCKED;

#endif
