/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_TEXT_H
#define TOKEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the card's text application says of its holder (docs/card.md 1.9). It is
 * read by login_read_text.
 */

#define TEXT_NAME_MAX 512 /* bytes, with the NUL */
#define TEXT_ADDRESS_MAX 1024

/*
 * Personal data: its owner wipes it. Text is as it is on the card, not checked
 * to be UTF-8; what the file has not, or has in another form, is "".
 */
struct text_data {
    char name[TEXT_NAME_MAX];
    char address[TEXT_ADDRESS_MAX];
    char birth_date[9]; /* YYYYMMDD */
    char sex[2];        /* one digit, docs/card.md 3.3 */
};

/*
 * Takes the file apart; a pure function. False: it is malformed, or too large,
 * and RET_DATA is empty.
 */
bool text_parse(const uint8_t *bytes, size_t len, struct text_data *ret_data);

void text_wipe(struct text_data *data);

#endif
