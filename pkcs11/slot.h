/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SLOT_H
#define PKCS11_SLOT_H

#include "pkcs11/cryptoki.h"
#include "pkcs11/object.h"
#include "token/status_json.h"

struct reader;

/*
 * One key of the card in one reader, as PKCS#11 sees it: a slot, its token and
 * its objects. All of it under the lock of the reader's token.
 */
struct slot {
    struct reader *reader;
    const struct jpki_role *role;
    unsigned events; /* of the token, that C_WaitForSlotEvent told of */

    /* Of the key, that objects and operations are up to date with. */
    unsigned logins, pin_changes;

    char status[STATUS_JSON_MAX];           /* "" until the first search */
    CK_OBJECT_HANDLE objects[OBJECT_KINDS]; /* 0: not to be seen now */
};

/* Its id: stable for the life of the process, as the reader's place is. */
CK_SLOT_ID slot_id(const struct slot *slot);
/* The same by the reader's place; needs no lock. */
CK_SLOT_ID slot_id_at(size_t reader, enum jpki_role_id role);

/* Prepares the slot of ROLE in READER. */
void slot_init(
    struct slot *slot, struct reader *reader, enum jpki_role_id role);

/* The token of the slot's reader, and the slot's key on it. */
struct token *slot_token(const struct slot *slot);
const struct token_key *slot_key(const struct slot *slot);

/* Forgets the objects of a card that is gone. */
void slot_forget_card(struct slot *slot);

/*
 * Brings objects and operations up to date with the key: handles of private
 * objects die at each log-out, and operations with them; PINs for one signature
 * when the PIN is changed.
 */
void slot_sync(struct slot *slot) REQUIRES(token_held);

/* C_GetSlotInfo and C_GetTokenInfo; the latter of a recognised card. */
void slot_info(const struct slot *slot, CK_SLOT_INFO *ret_info);
void slot_token_info(const struct slot *slot, CK_TOKEN_INFO *ret_info)
    REQUIRES(token_held);

#endif
