/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OP_H
#define PKCS11_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pkcs11/cryptoki.h"
#include "pkcs11/mech.h"
#include "token/token.h"

/* Which active operation of a session: one of each kind at a time. */
enum op_kind {
    OP_DIGEST,
    OP_SIGN,
    OP_VERIFY,
    OP_KINDS,
};

/*
 * An operation: the input gathered so far and what will be done with it.
 * Signing and verifying gather the same input; what differs comes after
 * op_input. All of it under the lock of its session's token.
 */
struct op {
    enum op_kind kind;
    const struct mech *mech;
    uint64_t id;             /* that no operation had before; never 0 */
    CK_OBJECT_HANDLE key;    /* 0 for a digest */
    const struct cert *cert; /* the slot's, which outlives the operation */
    bool parts;              /* C_*Update was called */
    bool taken; /* its input is on the way to the card, by one call's doing */
    struct pin *pin; /* of a context-specific log-in, for one signature */
    bool needs_pin;  /* the PIN of C_Login does not do: see session.h */
    struct digest *digest;
    size_t len;
    uint8_t bytes[SIGALG_INPUT_MAX];
};

/*
 * Makes an operation of KIND by MECH. KEY and CERT as in the struct; NULL for a
 * digest. CKR_HOST_MEMORY, CKR_GENERAL_ERROR. The caller frees it with op_free.
 * No lock needed.
 */
CK_RV op_new(struct crypto *crypto, enum op_kind kind, const struct mech *mech,
    CK_OBJECT_HANDLE key, const struct cert *cert, struct op **ret_op);
/* Wipes and frees, the PIN too; NULL is fine. Lock held. */
void op_free(struct op *op);

/* The length of the result in bytes: digest or signature. Lock held. */
size_t op_size(const struct op *op);

/*
 * Takes a part of the input, LEN bytes. CKR_DATA_LEN_RANGE: more than can be
 * signed; CKR_HOST_MEMORY, CKR_GENERAL_ERROR. Lock held.
 */
CK_RV op_update(struct op *op, const CK_BYTE *data, CK_ULONG len);

#define OP_INPUT_MAX SIGALG_INPUT_MAX

/*
 * What is to be signed or was, before the padding: by the mechanism the input
 * itself, its digest, or the DigestInfo of that. For a digest operation, the
 * digest. Errors as of op_update. After this OP can only be freed. Lock held.
 */
CK_RV op_input(struct op *op, uint8_t ret_input[OP_INPUT_MAX], size_t *ret_len);

#endif
