/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OBJECT_H
#define PKCS11_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include "pkcs11/object_kind.h"

/*
 * The objects of a slot. Their attributes are rows of a table, whose values
 * come from the certificate and the slot.
 */

/* Gives new handles to what can be seen now, and takes them from the rest. */
void object_refresh(struct slot *slot) TOKEN_LOCKED;
/* Takes them from what is private: it gets others. */
void object_drop_private(struct slot *slot) TOKEN_LOCKED;

/* The kind of object HANDLE; false when the slot has none such now. */
bool object_find(const struct slot *slot, CK_OBJECT_HANDLE handle,
    enum object_kind *ret_kind);

/* True when the object has each attribute of TEMPL with that value. */
bool object_matches(const struct slot *slot, enum object_kind kind,
    const CK_ATTRIBUTE *templ, CK_ULONG count);

/*
 * C_GetAttributeValue (PKCS #11 5.7.5): answers every attribute that can be
 * answered, whatever becomes of the others. Never touches the card.
 */
CK_RV object_get(const struct slot *slot, enum object_kind kind,
    CK_ATTRIBUTE *templ, CK_ULONG count);

#endif
