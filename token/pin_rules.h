/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_PIN_RULES_H
#define TOKEN_PIN_RULES_H

#include "token/token.h"

/*
 * The PIN rules (docs/design.md section 4) before a PIN is sent to the card,
 * and after. All with the token claimed, and its lock held.
 */

/* A PIN that a program gives, and the digests to remember it by. */
struct pin_attempt {
    struct pin *pin;        /* of the right form; the caller's */
    struct pin_digest raw;  /* of the bytes that the program gave */
    struct pin_digest sent; /* of those that the card would get */
};

/*
 * Takes LEN bytes of TEXT for a PIN of ROLE (rule 1). Where they have not its
 * form: TOK_PIN_UNSENT, and TOK_PIN_REPEATED for the same bytes again (rule 4).
 * TOK_NOMEM, TOK_CRYPTO. RET_ATTEMPT goes to pin_attempt_done either way.
 */
enum tok_err pin_attempt_make(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len,
    struct pin_attempt *ret_attempt) TOKEN_LOCKED;
/* Wipes it; the PIN is freed. */
void pin_attempt_done(struct pin_attempt *attempt);

/*
 * May the PIN be sent (rule 3)? TOK_PIN_UNSENT and TOK_PIN_REPEATED as above
 * where this card refused it before, or another card has just taken it. To find
 * out the card may be asked for its retry counter: TOK_PIN_LOCKED, TOK_REMOVED,
 * or what it answered. The lock is let go meanwhile.
 */
enum tok_err pin_attempt_check(struct token *token, enum jpki_role_id role,
    const struct pin_attempt *attempt) TOKEN_LOCKED;

/* Notes what became of the PIN, and the retry counter. */
void pin_attempt_note(struct token *token, enum jpki_role_id role,
    const struct pin_attempt *attempt,
    const struct verify_result *result) TOKEN_LOCKED;

/* The same for a PIN that this card accepted before and that was held. */
void pin_held_note(struct token *token, enum jpki_role_id role,
    const struct pin *pin, const struct verify_result *result) TOKEN_LOCKED;

/*
 * ROLE's PIN was changed by this process to PIN; NULL where it is not known
 * whether it was.
 */
void pin_change_note(struct token *token, enum jpki_role_id role,
    const struct pin *pin) TOKEN_LOCKED;

/*
 * For a PIN that was offered to a session of the card with SERIAL, which is
 * gone: it is not sent to another card within two seconds. No lock needed.
 */
void pin_dead_session_note(struct context *context,
    const char serial[PIN_HISTORY_SERIAL], const uint8_t *text, size_t len);

/*
 * Is a PIN of ROLE refused whatever it is, by the retry counter that was asked
 * last? TOK_OK: no. TOK_NOT_ISSUED, TOK_PIN_LOCKED; TOK_LAST_TRY where
 * `last_try = refuse` keeps the only one.
 */
enum tok_err pin_refusal(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * Says in the log why ERR, if it is about a PIN that is not sent, and what to
 * do.
 */
void pin_refusal_log(
    struct token *token, enum jpki_role_id role, enum tok_err err) TOKEN_LOCKED;

/*
 * The same of pin_refusal, for a program that will not ask for a PIN: once for
 * each card and reason, however often the program looks.
 */
void pin_refusal_log_once(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

#endif
