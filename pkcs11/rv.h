/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_RV_H
#define PKCS11_RV_H

#include "crypto/cryptoerr.h"
#include "pkcs11/cryptoki.h"
#include "token/token.h"

/* CK_RV of the errors of other folders, for entries. No lock needed. */

/* What a function with a session answers when the card said ERR. */
CK_RV rv_from_tok(enum tok_err err);

/* The same for functions that take a slot (PKCS #11 5.1.2, 5.1.4). */
CK_RV rv_from_tok_slot(enum tok_err err);

/* The same of crypto/: CKR_HOST_MEMORY or CKR_GENERAL_ERROR. */
CK_RV rv_from_crypt(enum crypt_err err);

/* "CKR_OK" and so on, or NULL for a value this module never returns. */
const char *rv_name(CK_RV rv);

#endif
