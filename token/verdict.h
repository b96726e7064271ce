/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_VERDICT_H
#define TOKEN_VERDICT_H

#include "token/token.h"

/*
 * The signing policy (policy.h) on a key: what it is told of card,
 * configuration and time, and what it answers. The authentication key is not
 * under it: servers judge that one. All with the token's lock held.
 */

/* True when ROLE's key may sign, as judged last. No I/O. */
bool verdict_allows(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * What a person is told of ROLE's key where it may not sign, as judged last;
 * NULL where it may. Of the authentication key that it is of a kind that cannot
 * be signed with, the only thing there is against it.
 */
const struct words *verdict_refusal(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * Judges ROLE's key as of now, by the answer on revocation that is at hand; a
 * change of the verdict goes to the log. No file, no network, no card.
 */
void verdict_renew(struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * Reads what the verdict still needs of the card, asks what is configured to be
 * asked, CRLs and OCSP, and judges the key; nothing where the policy does not
 * decide. The lock is let go meanwhile. What certificates_read answers, or
 * TOK_OK: the rest is up to verdict_allows.
 */
enum tok_err verdict_ask(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

#endif
