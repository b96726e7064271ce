/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_TOKEN_IO_H
#define TOKEN_TOKEN_IO_H

#include "token/token.h"

/* How token/ gets at the card. All with the token's lock held. */

/* The files of certificates: each role's own, then each role's CA. */
#define FILE_CERT 0
#define FILE_CA ((size_t)JPKI_ROLES)
#define FILES (2 * (size_t)JPKI_ROLES)

/*
 * Waits until no thread is busy with the card, in the order in which threads
 * came, and marks it busy. The lock is let go while waiting. Not to be
 * cancelled (pthread_cancel): those behind the thread would wait for ever.
 */
void token_claim(struct token *token) TOKEN_LOCKED;
/* True when a thread is busy with the card, or about to be: token_claim waits.
 */
bool token_is_taken(const struct token *token) TOKEN_LOCKED;
/*
 * token_claim for CALLER, which may be NULL: TOK_CANCELLED, and nothing is
 * claimed, where it waits no more; TOK_REMOVED where another card is in.
 */
enum tok_err token_claim_for(
    struct token *token, const struct token_caller *caller) TOKEN_LOCKED;
/* True when CALLER, which may be NULL, still waits. */
bool token_is_waited_for(const struct token_caller *caller);

/*
 * Lets go of the lock of a claimed token for card I/O. From here to
 * token_io_end the card's own part may be used, and nothing else that changes.
 * The card is told which insertion it is meant for.
 */
void token_io_begin(struct token *token) RELEASE(token_held);
/*
 * Takes the lock again; the token stays claimed. Returns true when the card is
 * still the one that the I/O was for: only then its answers say something about
 * it.
 */
bool token_io_end(struct token *token) ACQUIRE(token_held);

/*
 * Ends the claim, and returns ERR, which is what the card answered, but
 * TOK_REMOVED for a TOK_IO of a card that pcscd has seen go by now. Where the
 * card is gone, it is forgotten here. Where there is no user, the connection is
 * dropped. The lock is let go meanwhile.
 */
enum tok_err token_release(struct token *token, enum tok_err err) TOKEN_LOCKED;

#endif
