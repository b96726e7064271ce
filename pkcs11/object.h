/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OBJECT_H
#define PKCS11_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include "pkcs11/cryptoki.h"
#include "token/token.h"

struct slot;

/*
 * The objects of a slot. Each kind stands for at most one object; its
 * attributes are rows of a table, their values come from the certificate and
 * the slot.
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

/* Gives new handles to what can be seen now, and takes them from the rest. */
void object_refresh(struct slot *slot) REQUIRES(token_held);
/* Takes them from what is private: it gets others. */
void object_drop_private(struct slot *slot) REQUIRES(token_held);

/* The kind of object HANDLE; false when the slot has none such now. */
bool object_find(const struct slot *slot, CK_OBJECT_HANDLE handle,
    enum object_kind *ret_kind);

/* The class of an object of this kind. */
CK_OBJECT_CLASS object_class(enum object_kind kind);

/* True for a public or a private key. */
bool object_is_key(enum object_kind kind);

/* True when an object of this kind is private (CKA_PRIVATE). */
bool object_is_private(const struct slot *slot, enum object_kind kind)
    REQUIRES(token_held);

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
