/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/applications.h"

#include <string.h>

#include "token/card/card_state.h"

#define AID_SIZE 10

static const uint8_t aids[APPLICATIONS][AID_SIZE] = {
    [APPLICATION_JPKI] = {0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00,
        0x01},
    [APPLICATION_COMMON] = {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01,
        0x01, 0x00},
    [APPLICATION_JUKI] = {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04,
        0x01},
    [APPLICATION_VISUAL] = {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01,
        0x04, 0x02},
    [APPLICATION_TEXT] = {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04,
        0x08},
};

static enum tok_err ask_one(
    struct card *card, const uint8_t aid[AID_SIZE], bool *ret_has)
{
    const struct apdu select = {
        .ins = 0xa4, .p1 = 0x04, .p2 = 0x0c, .data = aid, .data_len = AID_SIZE};
    struct response response;
    enum tok_err err = card_exchange(card, &select, &response);

    card->current_ef = NO_EF;
    if (err != TOK_OK)
        return err;
    *ret_has = sw_decode(response.sw) == TOK_OK;
    return *ret_has || card_is_refusal(response.sw) ? TOK_OK : TOK_REPLY;
}

/* JPKI comes last: the transaction goes on in it. */
static enum tok_err ask_all(struct card *card, bool ret_has[APPLICATIONS])
{
    enum tok_err err = TOK_OK;
    size_t i;

    for (i = APPLICATIONS; i-- > 0 && err == TOK_OK;)
        err = ask_one(card, aids[i], &ret_has[i]);
    return err;
}

enum tok_err applications_ask(struct card *card, bool ret_has[APPLICATIONS])
{
    struct jpki_attempts attempts = {0};

    memset(ret_has, 0, APPLICATIONS * sizeof *ret_has);
    while (jpki_next_attempt(card, &attempts))
        attempts.err = ask_all(card, ret_has);
    return attempts.err;
}
