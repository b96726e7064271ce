/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_ABILITIES_H
#define TOKEN_ABILITIES_H

#include "token/token.h"

/* What is asked of the card beside its identity. All with the lock held. */

/*
 * Whether PSS mechanisms are offered: as configured, else asked of the card
 * once; TOK_REMOVED where that is gone by then. The lock is let go meanwhile.
 */
enum tok_err abilities_ask_pss(
    struct token *token, bool *ret_offered) TOKEN_LOCKED;
/* Whether abilities_ask_pss would ask nothing more, and what is known. */
bool abilities_know_pss(const struct token *token) TOKEN_LOCKED;
bool abilities_offer_pss(const struct token *token) TOKEN_LOCKED;
/* A PSS signature was refused, or did not verify: it is not offered again. */
void abilities_withdraw_pss(struct token *token) TOKEN_LOCKED;

/*
 * Asks the card for ROLE's retry counter where what is known of it is older
 * than five seconds and asking costs no waiting: no thread is busy with the
 * card, a connection to it is open, which it is from the first time that a
 * session used the card, and no other program has a transaction or the reader
 * to itself. Else, and where there is no PIN to ask for, what is known has to
 * do. What may be waited for all the same: see connection_begin_no_wait. The
 * lock is let go meanwhile.
 */
void abilities_refresh_counter(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

#endif
