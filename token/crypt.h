/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CRYPT_H
#define TOKEN_CRYPT_H

#include "crypto/cryptoerr.h"
#include "token/card/tokerr.h"

/* The errors of crypto/ in words of token/: all but two are TOK_CRYPTO. */
enum tok_err tok_from_crypt(enum crypt_err err);

#endif
