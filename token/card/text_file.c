/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/text_file.h"

#define TAG_SIZE 2
#define LONG_LENGTH 0x80 /* and how many bytes of length follow */

bool text_file_object(const uint8_t *bytes, size_t len, size_t max,
    unsigned *ret_tag, size_t *ret_header, size_t *ret_len)
{
    size_t more, value, i;

    if (len < TAG_SIZE + 1)
        return false;
    value = bytes[TAG_SIZE];
    more = value > LONG_LENGTH ? value - LONG_LENGTH : 0;
    if (value == LONG_LENGTH || more > 2 || len < TAG_SIZE + 1 + more)
        return false;
    for (i = 0; i < more; i++)
        value = (i ? value << 8 : 0) | bytes[TAG_SIZE + 1 + i];
    *ret_tag = (unsigned)bytes[0] << 8 | bytes[1];
    *ret_header = TAG_SIZE + 1 + more;
    *ret_len = value;
    return value <= max - *ret_header;
}

/* How long the file is, told by its first bytes; 0: not this kind of file. */
static size_t whole_length(const struct text_file *file)
{
    unsigned tag;
    size_t header, len;

    if (!text_file_object(
            file->bytes, file->len, TEXT_FILE_MAX, &tag, &header, &len) ||
        tag != TEXT_FILE_TAG)
        return 0;
    return header + len;
}

enum tok_err text_file_read(struct card *card, struct text_file *ret_file)
{
    uint16_t ef = jpki_role(JPKI_TEXT)->ef_private;
    size_t whole = APDU_LE_MAX, le, got;
    enum tok_err err = TOK_OK;

    ret_file->len = 0;
    while (err == TOK_OK && ret_file->len < whole) {
        le = whole - ret_file->len < APDU_LE_MAX ? whole - ret_file->len
                                                 : APDU_LE_MAX;
        got = 0;
        err = card_read(
            card, ef, ret_file->len, le, ret_file->bytes + ret_file->len, &got);
        if (err != TOK_OK)
            return err;
        ret_file->len += got;
        if (whole_length(ret_file) == 0)
            return TOK_REPLY;
        whole = whole_length(ret_file);
        if (got < le && ret_file->len < whole)
            return TOK_REPLY; /* the file ends before its object does */
    }
    ret_file->len = whole;
    return TOK_OK;
}
