/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_HOLDER_H
#define TOKEN_HOLDER_H

#include "crypto/holder.h"
#include "token/token.h"

/*
 * Reads who holds the card from its signing certificate, for holder_wipe. False
 * where there is none to be seen: before the log-in, or at all. Lock held.
 */
bool token_holder(
    const struct token *token, struct holder *ret_holder) TOKEN_LOCKED;

#endif
