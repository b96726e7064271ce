/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_TEXT_FILE_H
#define TOKEN_CARD_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/card/card.h"

/*
 * EF 0002 of the text application: name, address, birth date and sex as the
 * office last wrote them (docs/card.md 1.9). Personal data: who has one
 * wipes it. EF 0001, the individual number, has no function and gets none.
 */

/* An address has 200 characters at most, a name fewer: about 1 kB of UTF-8. */
#define TEXT_FILE_MAX 2048

struct text_file {
    size_t len;
    uint8_t bytes[TEXT_FILE_MAX];
};

#define TEXT_FILE_TAG 0xff20 /* of the object that is the whole file */

/*
 * One object of BER with a tag of two bytes, at the start of LEN BYTES: what
 * comes before its value, and the value's length. False: there is none, or its
 * value does not end within MAX bytes.
 */
bool text_file_object(const uint8_t *bytes, size_t len, size_t max,
    unsigned *ret_tag, size_t *ret_header, size_t *ret_len);

/*
 * Reads the file, in a transaction in which the PIN of JPKI_TEXT was verified,
 * and cuts it at its outer length. TOK_REPLY: it is not what docs/card.md says;
 * TOK_NOT_FOUND, TOK_DENIED.
 */
enum tok_err text_file_read(struct card *card, struct text_file *ret_file);

#endif
