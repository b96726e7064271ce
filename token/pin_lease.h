/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_PIN_LEASE_H
#define TOKEN_PIN_LEASE_H

#include "token/token.h"

/*
 * A PIN taken for what a card does with a held PIN, so that nobody frees it
 * while the lock is let go. All with the token claimed and the lock held.
 */
struct pin_lease {
    struct pin *pin;
    bool held;    /* the log-in's, else typed for this */
    bool invalid; /* not known to be right any more */
};

/*
 * Takes OWN, which becomes the lease's, else the PIN of ROLE's log-in. False:
 * there is neither. The caller ends it with pin_lease_end.
 */
bool pin_lease_take(struct token *token, enum jpki_role_id role,
    struct pin *own, struct pin_lease *ret_lease) TOKEN_LOCKED;

/*
 * Notes what became of the PIN in an operation that ended with RESULT and ERR.
 * What that means: a refused PIN is TOK_PIN_CHANGED, since who asked for the
 * operation gave none.
 */
enum tok_err pin_lease_note(struct token *token, enum jpki_role_id role,
    struct pin_lease *lease, const struct verify_result *result,
    enum tok_err err) TOKEN_LOCKED;

/*
 * Puts the PIN back into the log-in it belongs to, if that still stands, else
 * wipes it. Where it is not known to be right any more the log-in ends, so that
 * it is never sent again.
 */
void pin_lease_end(struct token *token, enum jpki_role_id role,
    const struct pin_lease *lease) TOKEN_LOCKED;

#endif
