/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_LOGIN_H
#define TOKEN_LOGIN_H

#include "token/text.h"
#include "token/token.h"

/*
 * PINs that a person typed, by the PIN rules (docs/design.md section 4). A PIN
 * is LEN bytes of TEXT, not terminated. All with the lock held, which is let go
 * meanwhile; CALLER as in token.h, or NULL.
 *
 * Beside what pin_attempt_make and pin_attempt_check answer: TOK_PIN_WRONG,
 * TOK_PIN_LOCKED, which ends the log-in, TOK_LAST_TRY (where the caller does
 * not use the last one), TOK_NOT_ISSUED, TOK_CANCELLED, and what the card
 * answered.
 */

/*
 * Logs in to ROLE's key: the card checks the PIN, and its certificate and the
 * verdict on it are there afterwards, as far as card and memory give them.
 * TOK_LOGGED_IN: there is a log-in, nothing was sent.
 */
enum tok_err login_user(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len,
    const struct token_caller *caller) TOKEN_LOCKED;

/*
 * Checks the PIN for one signature with ROLE's key, whatever log-in there is:
 * *RET_PIN is the caller's, to be given to sign_by_card or freed. The PIN of
 * the log-in once more is not sent: the signature's own transaction checks it.
 * TOK_POLICY: the key may not sign, nothing was sent.
 */
enum tok_err login_for_signature(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len, const struct token_caller *caller,
    struct pin **ret_pin) TOKEN_LOCKED;
/* Wipes and frees a PIN of it that no signature was made with; NULL is fine. */
void login_forget(struct pin *pin);

/*
 * Changes ROLE's PIN; a held one becomes the new one. TOK_PIN_NEW_FORM: that
 * cannot be a PIN, nothing was sent.
 */
enum tok_err login_change_pin(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len, const uint8_t *new_text, size_t new_len,
    const struct token_caller *caller) TOKEN_LOCKED;

/* Checks ROLE's PIN, and does nothing with it. */
enum tok_err login_check_pin(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len,
    const struct token_caller *caller) TOKEN_LOCKED;

/*
 * Reads what the text application says of the holder, by its own PIN. RET_DATA
 * is to be wiped by text_wipe whatever is answered. TOK_NOT_FOUND: the card has
 * no such application, nothing was sent. TOK_REPLY: its file is malformed.
 */
enum tok_err login_read_text(struct token *token, const uint8_t *text,
    size_t len, const struct token_caller *caller,
    struct text_data *ret_data) TOKEN_LOCKED;

#endif
