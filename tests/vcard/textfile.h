/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_TEXTFILE_H
#define TESTS_VCARD_TEXTFILE_H

#include <stddef.h>
#include <stdint.h>

/* EF 0002 of the text application (docs/card.md 1.9), for make-persona. */
struct textfile {
    const char *name, *address, *birth, *sex;
};

#define TEXTFILE_MAX 2048

/* The file's content; its length, 0 where it does not fit. */
size_t textfile_make(
    const struct textfile *text, uint8_t ret_bytes[TEXTFILE_MAX]);

#endif
