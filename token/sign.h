/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_SIGN_H
#define TOKEN_SIGN_H

#include "crypto/sigalg.h"
#include "token/token.h"

/* One signature to be made. */
struct signature {
    const struct sigalg *alg;
    const uint8_t *input; /* before any padding, as ALG takes it */
    size_t input_len;
    uint8_t made[CARD_SIGNATURE_SIZE];

    /*
     * Asked with the lock held once the card is to be had: false where the
     * signature is not wanted any more. *RET_PIN: the PIN that was typed for
     * it, which is sign_by_card's from here on, also then; NULL: there is none.
     * *RET_ASKS: the program asked its user for a PIN for this signature.
     */
    bool (*is_wanted)(void *arg, struct pin **ret_pin, bool *ret_asks);
    void *arg;
    struct card_caller at_card; /* asked then, and while the card is used */
};

/*
 * The only way to a signing command. The PIN typed for the signature, else the
 * one held since the log-in where that may authorise it ([pin] signature_pin),
 * is sent with it; the signature is handed out only if it verifies under the
 * certificate of the card. Lock held; let go meanwhile.
 *
 * TOK_CANCELLED; TOK_POLICY; TOK_NOT_LOGGED_IN: no PIN that would do;
 * TOK_PIN_CHANGED: the PIN is not right any more, and the log-in has ended;
 * TOK_SIGNATURE; TOK_CRYPTO; or what the card answered.
 */
enum tok_err sign_by_card(struct token *token, enum jpki_role_id role,
    struct signature *signature) TOKEN_LOCKED;

#endif
