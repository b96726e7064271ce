/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/card.h"

#include <string.h>

#include "conf/clock.h"
#include "token/card/card_state.h"

#define EXCHANGE_ROUNDS 8

enum tok_err card_transmit(struct card *card, const uint8_t *bytes, size_t len,
    struct response *ret_response)
{
    int64_t start = clock_us();
    enum tok_err err =
        connection_transmit(card->connection, bytes, len, ret_response);

    if (err == TOK_OK && card->trace)
        card->trace(
            card->trace_arg, bytes, len, ret_response, clock_us() - start);
    return err;
}

/* Encodes COMMAND for the protocol in use, and sends it. */
static enum tok_err send_command(struct card *card, const struct apdu *command,
    struct response *ret_response)
{
    uint8_t bytes[APDU_COMMAND_MAX];
    size_t len;
    bool with_le = !connection_is_t0(card->connection);
    enum tok_err err = apdu_encode(command, with_le, bytes, &len);

    return err == TOK_OK ? card_transmit(card, bytes, len, ret_response) : err;
}

/* Appends what came to what is there. */
static enum tok_err append(struct response *all, const struct response *part)
{
    if (part->len > sizeof all->body - all->len)
        return TOK_REPLY;
    memcpy(all->body + all->len, part->body, part->len);
    all->len += part->len;
    all->sw = part->sw;
    return TOK_OK;
}

enum tok_err card_exchange(struct card *card, const struct apdu *command,
    struct response *ret_response)
{
    const struct apdu get_response = {.ins = 0xc0};
    struct apdu next = *command;
    struct response all, part;
    enum tok_err err = TOK_OK;
    int round;

    memset(&all, 0, sizeof all);
    for (round = 0; round < EXCHANGE_ROUNDS; round++) {
        size_t le;
        err = send_command(card, &next, &part);
        /* What comes with 6Cxx comes again with the answer. */
        if (err == TOK_OK && part.sw >> 8 != 0x6c)
            err = append(&all, &part);
        if (err != TOK_OK)
            break;
        le = part.sw & 0xff ? part.sw & 0xff : APDU_LE_MAX;
        if (part.sw >> 8 == 0x61)
            next = get_response;
        else if (part.sw >> 8 != 0x6c) {
            *ret_response = all;
            break;
        }
        next.le = le;
        err = TOK_REPLY; /* for the last round */
    }
    explicit_bzero(&all, sizeof all);
    explicit_bzero(&part, sizeof part);
    return err;
}
