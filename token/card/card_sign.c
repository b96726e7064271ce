/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/card.h"

#include <string.h>

#include "token/card/card_state.h"

/* The signing command, and what it tells of the chip. */

/* The signing command; TOK_OK whenever it was answered. */
static enum tok_err send_compute(struct card *card, uint8_t p1, uint8_t p2,
    const uint8_t *input, size_t len, struct response *ret_response)
{
    const struct apdu command = {.cla = 0x80,
        .ins = 0x2a,
        .p1 = p1,
        .p2 = p2,
        .data = input,
        .data_len = len,
        .le = APDU_LE_MAX};

    return card_exchange(card, &command, ret_response);
}

enum tok_err card_compute(struct card *card, const struct jpki_role *role,
    uint8_t p1, const uint8_t *input, size_t len, struct response *ret_response)
{
    bool refused = card->short_sign_refused;
    enum tok_err err;

    card->current_ef = NO_EF;
    if (!refused) {
        err = send_compute(
            card, p1, SHORT_ID(role->ef_key), input, len, ret_response);
        if (err != TOK_OK || !card_may_refuse_short_id(ret_response->sw))
            return err;
        refused = !card_may_pass(ret_response->sw);
    }
    err = card_select(card, role->ef_key);
    if (err != TOK_OK)
        return err;
    err = send_compute(card, p1, CURRENT_EF, input, len, ret_response);
    if (err == TOK_OK && sw_decode(ret_response->sw) == TOK_OK)
        card->short_sign_refused = refused;
    return err;
}

enum tok_err card_knows_pss(
    struct card *card, const struct jpki_role *role, bool *ret_known)
{
    static const uint8_t too_short[] = {0x00};
    struct response pss, nothing;
    /* No short id, so that what is refused can only be P1. */
    enum tok_err err = card_select(card, role->ef_key);

    if (err != TOK_OK)
        return err;
    err = send_compute(
        card, CARD_PSS, CURRENT_EF, too_short, sizeof too_short, &pss);
    if (err != TOK_OK)
        return err;
    if (pss.sw == SW_WRONG_P1_P2) {
        *ret_known = false;
        return TOK_OK;
    }
    /* Something went wrong in the card: that is no answer. */
    if (!card_is_refusal(pss.sw))
        return TOK_REPLY;
    err = send_compute(
        card, P1_NOTHING, CURRENT_EF, too_short, sizeof too_short, &nothing);
    if (err != TOK_OK)
        return err;
    *ret_known = pss.sw != nothing.sw;
    return TOK_OK;
}

enum tok_err card_sign(struct card *card, const struct jpki_role *role,
    enum card_padding padding, const uint8_t *input, size_t input_len,
    uint8_t ret_sig[CARD_SIGNATURE_SIZE])
{
    struct response response;
    enum tok_err err;

    if (input_len == 0 || input_len > CARD_SIGN_INPUT_MAX)
        return TOK_IO;
    err =
        card_compute(card, role, (uint8_t)padding, input, input_len, &response);
    if (err != TOK_OK)
        return err;
    card->signing_refused = card_is_refusal(response.sw);
    err = card_decode_answer(response.sw);
    if (err != TOK_OK)
        return err;
    if (response.len != CARD_SIGNATURE_SIZE)
        return TOK_REPLY;
    memcpy(ret_sig, response.body, CARD_SIGNATURE_SIZE);
    card->pins[role->id].signatures++;
    return TOK_OK;
}

bool card_refused_signing(const struct card *card)
{
    return card->signing_refused;
}
