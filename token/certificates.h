/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CERTIFICATES_H
#define TOKEN_CERTIFICATES_H

#include "token/token.h"

/* True when the configuration shows ROLE's CA certificate. Lock held. */
bool certificates_shows_ca(const struct token *token, enum jpki_role_id role);

/*
 * Makes sure that what may be shown now of ROLE's certificates was read: its
 * own, and that of its CA, if it is shown or the policy wants it. A file that
 * the card has not, or that cannot be parsed, is no error. TOK_NOMEM, or what
 * the card answered. Lock held; let go meanwhile.
 */
enum tok_err certificates_read(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * The same for the authentication certificate, with that of its CA in any case.
 * RET_IS_KNOWN: a CA of J-LIS has signed it (crypto/trust.h); where that cannot
 * be told it is false. Lock held; let go meanwhile.
 */
enum tok_err certificates_check_auth(
    struct token *token, bool *ret_is_known) TOKEN_LOCKED;

/*
 * Parses what was read of ROLE's certificate, and wipes what it was read into.
 * One that cannot be parsed may be tried again, since it may be for want of
 * memory: CRYPT_NOMEM where that is certain, else CRYPT_OK. Claimed, lock held.
 */
enum crypt_err certificates_take(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

#endif
