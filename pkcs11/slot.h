/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SLOT_H
#define PKCS11_SLOT_H

#include "pkcs11/cryptoki.h"
#include "token/status_json.h"

struct reader;

/*
 * The kinds of objects that a slot may have, one of each at most.
 */
enum object_kind {
    OBJECT_CERTIFICATE,
    OBJECT_PUBLIC_KEY,
    OBJECT_PRIVATE_KEY,
    OBJECT_CA_CERTIFICATE,
    OBJECT_PROFILE,          /* CKP_PUBLIC_CERTIFICATES_TOKEN */
    OBJECT_BASELINE_PROFILE, /* CKP_BASELINE_PROVIDER */
    OBJECT_STATUS,
    OBJECT_KINDS,
};

/*
 * One key of the card in one reader, as PKCS#11 sees it: a slot, its token and
 * its objects. All of it under the lock of the reader's token.
 */
struct slot {
    CK_SLOT_ID id; /* stable for the life of the process */
    struct reader *reader;
    struct token *token;
    const struct jpki_role *role;
    unsigned events; /* of the token, that C_WaitForSlotEvent told of */

    CK_ULONG sessions, rw_sessions;

    /* Of the key, that objects and operations are up to date with. */
    unsigned logins, pin_changes;

    char status[STATUS_JSON_MAX];           /* "" until the first search */
    CK_OBJECT_HANDLE objects[OBJECT_KINDS]; /* 0: not to be seen now */
};

/* The id of ROLE's slot in the reader at INDEX. */
CK_SLOT_ID slot_id_at(size_t index, enum jpki_role_id role);

/* Prepares the slot ID, which is of READER and its TOKEN. */
void slot_init(struct slot *slot, struct reader *reader, struct token *token,
    CK_SLOT_ID id);

/* The slot's key on its token. */
const struct token_key *slot_key(const struct slot *slot);

/* Forgets the objects of a card that is gone. */
void slot_forget_card(struct slot *slot);

/* C_GetSlotInfo and C_GetTokenInfo; the latter of a recognised
 * card. */
void slot_info(const struct slot *slot, CK_SLOT_INFO *ret_info);
void slot_token_info(
    const struct slot *slot, CK_TOKEN_INFO *ret_info) TOKEN_LOCKED;

#endif
