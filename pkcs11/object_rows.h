/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OBJECT_ROWS_H
#define PKCS11_OBJECT_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include "pkcs11/cryptoki.h"
#include "pkcs11/mech.h"
#include "pkcs11/object_kind.h"

/*
 * What is known of attributes: tables of rows, and the few values that have to
 * be worked out. object.c is their only reader.
 */

#define UNIQUE_ID_MAX 64 /* bytes of the longest CKA_UNIQUE_ID, and more */

/* A value: bytes that live as long as the object, or something kept here. */
struct value {
    const void *bytes;
    size_t len;
    union {
        CK_ULONG number;
        CK_BBOOL boolean;
        CK_DATE date;
        CK_MECHANISM_TYPE types[MECH_OF_KEYS_MAX];
        char text[UNIQUE_ID_MAX];
        uint8_t check[3];
    } own;
};

/* The length of a value that cannot be told now. */
#define VALUE_UNKNOWN SIZE_MAX

/* Where an attribute's value comes from. */
enum source {
    FROM_NUMBER, /* number, a CK_ULONG */
    FROM_BOOL,   /* number */
    FROM_TEXT,   /* text */
    FROM_CERT,   /* number, an enum cert_field */
    FROM_VALUE,  /* value(), which works it out */
    SENSITIVE,   /* it exists and is never shown */
};

struct attr_row {
    CK_ATTRIBUTE_TYPE type;
    enum source source;
    CK_ULONG number;
    const char *text;
    void (*value)(const struct slot *slot, enum object_kind kind,
        struct value *ret_value);
};

/*
 * The row of TYPE for SLOT's object of KIND, NULL when it has no such
 * attribute.
 */
const struct attr_row *object_row(
    const struct slot *slot, enum object_kind kind, CK_ATTRIBUTE_TYPE type);

/* The certificate that an object is about, NULL before it was read. */
const struct cert *object_cert(const struct slot *slot, enum object_kind kind);

#endif
