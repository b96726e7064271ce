/* SPDX-License-Identifier: Apache-2.0 */
#include "token/crypt.h"

enum tok_err tok_from_crypt(enum crypt_err err)
{
    switch (err) {
    case CRYPT_OK:
        return TOK_OK;
    case CRYPT_NOMEM:
        return TOK_NOMEM;
    default:
        return TOK_CRYPTO;
    }
}
