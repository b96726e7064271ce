/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_ABILITIES_H
#define TOKEN_ABILITIES_H

#include "token/card/applications.h"
#include "token/card/card_number.h"
#include "token/token.h"

/* What is asked of the card but its certificates. All with the lock held. */

/*
 * Makes sure that the card is known to be a JPKI card and, for the signing
 * role, whether it has that certificate: TOK_NO_CARD, TOK_NOT_JPKI,
 * TOK_REMOVED, or what the card answered. Where there is no user,
 * a card that has to be asked is asked for the retry counters of the roles that
 * are shown as well: the connection is not kept, and abilities_refresh_counter
 * makes none. Lock held; let go meanwhile.
 */
enum tok_err recognise(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * Makes sure that token->pss is known, where the configuration does not say:
 * the card is asked once. TOK_REMOVED where it is gone by then, or what it
 * answered. The lock is let go meanwhile.
 */
enum tok_err abilities_ask_pss(struct token *token) TOKEN_LOCKED;
/* A PSS signature was refused, or did not verify: it is not offered again. */
void abilities_withdraw_pss(struct token *token) TOKEN_LOCKED;

/*
 * Which applications the card has, which `recognise` took. Asks it each time.
 * TOK_REMOVED, or what the card answered. The lock is let go meanwhile.
 */
enum tok_err abilities_ask_applications(
    struct token *token, bool ret_has[APPLICATIONS]) TOKEN_LOCKED;

/*
 * Asks the card for ROLE's retry counter, and whether ROLE is issued, where
 * what is known of it is older than five seconds and asking costs no waiting:
 * no thread is busy with the card, a connection to it is open, which it is from
 * the first time that a session used the card, and no other program has a
 * transaction or the reader to itself. Else, and where there is no PIN to ask
 * for, what is known has to do. What may be waited for all the same: see
 * connection_begin_no_wait. The lock is let go meanwhile.
 */
void abilities_refresh_counter(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * Asks the card for ROLE's retry counter, and waits for it: token->pins has it
 * afterwards, as not known where the card does not tell. TOK_NOT_FOUND: the
 * card has no text application. Of an identified card; the lock is let go
 * meanwhile.
 */
enum tok_err abilities_ask_counter(
    struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * Asks the card for its number: what card_number_read answers, or TOK_REMOVED.
 * The lock is let go meanwhile.
 */
enum tok_err abilities_ask_card_number(
    struct token *token, char ret_number[CARD_NUMBER_DIGITS + 1]) TOKEN_LOCKED;

#endif
