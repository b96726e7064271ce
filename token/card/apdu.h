/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_APDU_H
#define TOKEN_CARD_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/card/tokerr.h"

/* ISO 7816-4 short command and response APDUs. */

#define APDU_DATA_MAX 255
#define APDU_COMMAND_MAX (4 + 1 + APDU_DATA_MAX + 1)
#define APDU_LE_MAX 256

/* A command before it is put into bytes; DATA is the caller's. */
struct apdu {
    uint8_t cla, ins, p1, p2;
    const uint8_t *data;
    size_t data_len; /* 0: no Lc */
    size_t le;       /* expected length, at most APDU_LE_MAX; 0: no Le */
};

/*
 * Puts COMMAND into bytes. WITH_LE false leaves Le out where there is data, as
 * the T=0 protocol wants it (ISO 7816-3, case 4S). TOK_REPLY never; TOK_IO when
 * the lengths are out of range.
 */
enum tok_err apdu_encode(const struct apdu *command, bool with_le,
    uint8_t ret_bytes[APDU_COMMAND_MAX], size_t *ret_len);

/* A response: body and status word. */
struct response {
    uint8_t body[APDU_LE_MAX];
    size_t len;
    uint16_t sw;
};

#define SW_OK 0x9000
#define SW_WRONG_P1_P2 0x6a86

/*
 * What a status word says, decoded once for the whole project (docs/card.md
 * 1.6): TOK_OK for 9000 only. 63Cx is TOK_PIN_WRONG for x > 0; 63C0, 6983 and
 * 6984 are TOK_PIN_LOCKED. A status word that is not in the table is TOK_REPLY.
 */
enum tok_err sw_decode(uint16_t sw);

/*
 * The tries left that a status word tells: 0 to 15 for 63Cx, 0 for 6983 and
 * 6984; false when it tells none.
 */
bool sw_retry_counter(uint16_t sw, unsigned *ret_left);

#endif
