/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_ALG_H
#define TOKEN_CARD_ALG_H

#include "crypto/sigalg.h"
#include "token/card/card.h"
#include "token/token.h"

/* A signature algorithm that the card computes, and how it is asked for it. */
struct card_alg {
    enum sigalg_id id;
    enum card_padding padding;
};

/*
 * The card's row of ALG with ROLE's key, of any algorithm where ALG is NULL;
 * NULL where the card cannot compute it, or the certificate was not read. Owned
 * by the table. Lock held.
 */
const struct card_alg *card_alg_find(const struct token *token,
    enum jpki_role_id role, const struct sigalg *alg) TOKEN_LOCKED;

/*
 * True when ROLE's certificate was read and the card can sign with its key.
 * Lock held.
 */
bool token_can_sign(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

#endif
