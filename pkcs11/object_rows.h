/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OBJECT_ROWS_H
#define PKCS11_OBJECT_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include "pkcs11/cryptoki.h"
#include "pkcs11/mech.h"
#include "pkcs11/slot.h"

/*
 * What is known of attributes: a table of rows, and the few values that have to
 * be worked out.
 */

/* A value: bytes that live as long as the object, or something kept here. */
struct value {
    const void *bytes;
    size_t len;
    union {
        CK_ULONG number;
        CK_BBOOL boolean;
        CK_DATE date;
        CK_MECHANISM_TYPE types[MECHS];
        char text[64]; /* the longest CKA_UNIQUE_ID, and more */
        uint8_t check[3];
    } own;
};

/*
 * The value of attribute TYPE of SLOT's object of KIND:
 * CKR_ATTRIBUTE_TYPE_INVALID, also for what cannot be told now;
 * CKR_ATTRIBUTE_SENSITIVE. Lock held.
 */
CK_RV object_value(const struct slot *slot, enum object_kind kind,
    CK_ATTRIBUTE_TYPE type, struct value *ret_value) TOKEN_LOCKED;

#endif
