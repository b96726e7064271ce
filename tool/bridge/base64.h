/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_BASE64_H
#define TOOL_BRIDGE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters for LEN bytes, with padding and a NUL. */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)

/* Writes BASE64_SIZE(LEN) characters at most. */
void base64_encode(
    const uint8_t *bytes, size_t len, bool with_padding, char *ret_text);

/*
 * Decodes what is exactly the base64 of LEN bytes, a multiple of three, so that
 * there is no padding: other characters, blanks too, are refused.
 */
bool base64_decode(const char *text, size_t len, uint8_t *ret_bytes);

/* Writes 2 * LEN lower-case digits and a NUL. */
void hex_encode(const uint8_t *bytes, size_t len, char *ret_text);

#endif
