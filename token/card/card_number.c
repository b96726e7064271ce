/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/card_number.h"

#include <string.h>

#include "token/card/card_state.h"
#include "token/card/jpki.h"

#define EF_NUMBER 0x0001
#define HEADER_SIZE 2 /* tag and length, before the digits */

/* READ RECORD of the first record of the current file. */
static const struct apdu read_record = {
    .ins = 0xb2, .p1 = 1, .p2 = 0x04, .le = APDU_LE_MAX};

static enum tok_err take_number(const struct response *response, char *number)
{
    enum tok_err err = card_decode_answer(response->sw);

    if (err != TOK_OK)
        return err;
    if (response->len < HEADER_SIZE + CARD_NUMBER_DIGITS)
        return TOK_REPLY;
    memcpy(number, response->body + HEADER_SIZE, CARD_NUMBER_DIGITS);
    number[CARD_NUMBER_DIGITS] = '\0';
    return strspn(number, "0123456789") == CARD_NUMBER_DIGITS ? TOK_OK
                                                              : TOK_REPLY;
}

static enum tok_err read_number(struct card *card, char *number)
{
    struct response response;
    enum tok_err err = card_select_application(card, APPLICATION_COMMON);

    if (err == TOK_OK)
        err = card_select(card, EF_NUMBER);
    if (err == TOK_OK)
        err = card_exchange(card, &read_record, &response);
    return err == TOK_OK ? take_number(&response, number) : err;
}

enum tok_err card_number_read(
    struct card *card, char ret_number[CARD_NUMBER_DIGITS + 1])
{
    struct jpki_attempts attempts = {0};

    while (jpki_next_attempt(card, &attempts))
        attempts.err = read_number(card, ret_number);
    return attempts.err;
}
