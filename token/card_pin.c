/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card.h"

#include <string.h>

#include "token/card_state.h"

/*
 * The commands that have to do with PINs. Those that carry one go out by
 * link_transmit straight from the locked page, and never by card_exchange,
 * which may send a command again.
 */

/* What SW says of a counter. */
static struct tries tries_from(uint16_t sw)
{
    struct tries tries = {false, false, 0};

    tries.known = sw_tries(sw, &tries.left);
    tries.locked = tries.known && tries.left == 0;
    return tries;
}

enum tok_err card_tries(
    struct card *card, const struct jpki_role *role, struct tries *ret_tries)
{
    /*
     * Sent as it is, and once: a T=0 card takes a fifth byte, such as the Le
     * that 6Cxx asks for, for the length of a PIN.
     */
    static const uint8_t query[] = {0x00, 0x20, 0x00, 0x80};
    struct response response;
    enum tok_err err = card_select(card, role->ef_pin);

    memset(&response, 0, sizeof response);
    if (err == TOK_OK)
        err = link_transmit(card->link, query, sizeof query, &response);
    if (link_failed(err))
        return err;
    *ret_tries = tries_from(response.sw);
    return TOK_OK;
}

static const uint8_t verify_header[] = {0x00, 0x20, 0x00, 0x80};
static const uint8_t change_header[] = {0x00, 0x24, 0x01, 0x80};

/*
 * Sends a command with a PIN, once, whatever comes back, and only to the file
 * of its own role. What card_end has to know is set before it is sent.
 */
static enum tok_err send_pin(struct card *card, const struct jpki_role *role,
    const uint8_t header[4], struct pin *pin, uint16_t *ret_sw)
{
    struct response response;
    size_t len;
    const uint8_t *bytes = pin_command(pin, header, &len);
    enum tok_err err;

    if (card->current_ef != role->ef_pin)
        return TOK_NOT_FOUND;
    if (card->pin_fate != PIN_ACCEPTED)
        card->pin_fate = PIN_UNSURE;
    card->pin_role = role;
    err = link_transmit(card->link, bytes, len, &response);
    if (err == TOK_OK)
        *ret_sw = response.sw;
    return err;
}

enum tok_err card_verify(struct card *card, const struct jpki_role *role,
    struct pin *pin, struct tries *ret_tries)
{
    uint16_t sw = 0;
    enum pin_fate before = card->pin_fate;
    enum tok_err err = send_pin(card, role, verify_header, pin, &sw);

    *ret_tries = tries_from(sw);
    if (err != TOK_OK)
        return err;
    err = sw_decode(sw);
    if (err == TOK_OK) {
        card->pin_fate = PIN_ACCEPTED;
        return TOK_OK;
    }
    if (err != TOK_PIN_WRONG && err != TOK_PIN_LOCKED)
        return TOK_REPLY;
    if (before == PIN_NOT_SENT)
        card->pin_fate = PIN_REFUSED;
    return err;
}

enum tok_err card_change(
    struct card *card, const struct jpki_role *role, struct pin *new_pin)
{
    uint16_t sw = 0;
    enum tok_err err = send_pin(card, role, change_header, new_pin, &sw);

    return err == TOK_OK ? card_decode_answer(sw) : err;
}
