/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OBJECT_KIND_H
#define PKCS11_OBJECT_KIND_H

#include <stdbool.h>
#include "pkcs11/cryptoki.h"
#include "pkcs11/slot.h"

/* What is known of each kind of object. */

/* The class of an object of this kind. */
CK_OBJECT_CLASS object_class(enum object_kind kind);

/* True for a public or a private key. */
bool object_is_key(enum object_kind kind);

/* True when the card has such an object, whether it is to be seen or not. */
bool object_kind_exists(
    const struct slot *slot, enum object_kind kind) TOKEN_LOCKED;

/* True when an object of this kind is private (CKA_PRIVATE). */
bool object_is_private(
    const struct slot *slot, enum object_kind kind) TOKEN_LOCKED;

#endif
