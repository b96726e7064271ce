/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/base64.h"

#include <string.h>

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(
    const uint8_t *bytes, size_t len, bool with_padding, char *ret_text)
{
    while (len > 0) {
        size_t n = len < 3 ? len : 3, i;
        uint32_t group = 0;

        for (i = 0; i < 3; i++)
            group = group << 8 | (i < n ? bytes[i] : 0);
        for (i = 0; i < 4; i++) {
            if (i <= n)
                *ret_text++ = digits[group >> (18 - 6 * i) & 0x3f];
            else if (with_padding)
                *ret_text++ = '=';
        }
        bytes += n;
        len -= n;
    }
    *ret_text = '\0';
}

bool base64_decode(const char *text, size_t len, uint8_t *ret_bytes)
{
    uint32_t group = 0;
    size_t i;

    if (len % 3 != 0 || strlen(text) != len / 3 * 4)
        return false;
    for (i = 0; i < len / 3 * 4; i++) {
        const char *digit = strchr(digits, text[i]);

        if (!digit)
            return false;
        group = group << 6 | (uint32_t)(digit - digits);
        if (i % 4 == 3) {
            *ret_bytes++ = (uint8_t)(group >> 16);
            *ret_bytes++ = (uint8_t)(group >> 8);
            *ret_bytes++ = (uint8_t)group;
        }
    }
    return true;
}

void hex_encode(const uint8_t *bytes, size_t len, char *ret_text)
{
    static const char hex[] = "0123456789abcdef";

    for (; len > 0; len--, bytes++) {
        *ret_text++ = hex[*bytes >> 4];
        *ret_text++ = hex[*bytes & 0x0f];
    }
    *ret_text = '\0';
}
