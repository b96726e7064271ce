/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/apdu.h"

#include <string.h>

enum tok_err apdu_encode(const struct apdu *command, bool with_le,
    uint8_t ret_bytes[APDU_COMMAND_MAX], size_t *ret_len)
{
    const uint8_t header[] = {
        command->cla, command->ins, command->p1, command->p2};
    size_t n = sizeof header;

    if (command->data_len > APDU_DATA_MAX || command->le > APDU_LE_MAX)
        return TOK_IO;
    memcpy(ret_bytes, header, sizeof header);
    if (command->data_len > 0) {
        ret_bytes[n++] = (uint8_t)command->data_len;
        memcpy(ret_bytes + n, command->data, command->data_len);
        n += command->data_len;
    }
    if (command->le > 0 && (with_le || command->data_len == 0))
        ret_bytes[n++] = (uint8_t)command->le; /* 256 becomes 00 */
    *ret_len = n;
    return TOK_OK;
}

/* docs/card.md 1.6. The first row whose masked bits agree counts. */
static const struct {
    uint16_t sw, mask;
    enum tok_err err;
} status_words[] = {
    {SW_OK, 0xffff, TOK_OK}, {0x6300, 0xffff, TOK_PIN_WRONG},
    {0x63c0, 0xffff, TOK_PIN_LOCKED}, {0x63c0, 0xfff0, TOK_PIN_WRONG},
    {0x6982, 0xffff, TOK_DENIED}, {0x6983, 0xffff, TOK_PIN_LOCKED},
    {0x6984, 0xffff, TOK_PIN_LOCKED}, {0x6a82, 0xffff, TOK_NOT_FOUND},
    {0x6b00, 0xffff, TOK_NOT_FOUND}, /* past the end of the file */
};

enum tok_err sw_decode(uint16_t sw)
{
    size_t i;

    for (i = 0; i < sizeof status_words / sizeof *status_words; i++)
        if ((sw & status_words[i].mask) == status_words[i].sw)
            return status_words[i].err;
    return TOK_REPLY;
}

bool sw_retry_counter(uint16_t sw, unsigned *ret_left)
{
    if ((sw & 0xfff0) == 0x63c0)
        *ret_left = sw & 0xfu;
    else if (sw_decode(sw) == TOK_PIN_LOCKED)
        *ret_left = 0;
    else
        return false;
    return true;
}
