/* SPDX-License-Identifier: Apache-2.0 */
/* The strerror_r of POSIX: GNU's other one is in no other C library. */
#undef _GNU_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "conf/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The first bytes of sequences, and the lowest code point of each length. */
static const struct lead {
    unsigned char mask;
    unsigned char bits;
    size_t length;
    uint32_t lowest;
} leads[] = {
    {0x80, 0x00, 1, 0x0},
    {0xe0, 0xc0, 2, 0x80},
    {0xf0, 0xe0, 3, 0x800},
    {0xf8, 0xf0, 4, 0x10000},
};

static const struct lead *find_lead(unsigned char byte)
{
    size_t i;

    for (i = 0; i < sizeof leads / sizeof *leads; i++) {
        if ((byte & leads[i].mask) == leads[i].bits)
            return &leads[i];
    }
    return NULL;
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Code points that are replaced, and those that are none. */
static const struct {
    uint32_t first;
    uint32_t last;
} unwanted[] = {
    {0x0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, /* Arabic letter mark */
    {0x200e, 0x200f},                          /* direction marks */
    {0x2028, 0x202e},       /* separators, embeddings, overrides */
    {0x2066, 0x2069},       /* isolates */
    {0xd800, 0xdfff},       /* surrogates */
    {0xfeff, 0xfeff},       /* byte order mark */
    {0x110000, UINT32_MAX}, /* beyond Unicode */
};

static bool is_wanted(uint32_t point)
{
    size_t i;

    for (i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
        if (unwanted[i].first <= point && point <= unwanted[i].last)
            return false;
    }
    return true;
}

/*
 * Decodes the character at TEXT. Returns its length; 0 where it is no UTF-8, a
 * sequence longer than it need be included.
 */
static size_t decode(const unsigned char *text, uint32_t *ret_point)
{
    const struct lead *lead = find_lead(text[0]);
    uint32_t point = 0;
    size_t i;

    if (!lead)
        return 0;
    point = text[0] & (unsigned char)~lead->mask;
    for (i = 1; i < lead->length; i++) {
        if (!is_continuation(text[i]))
            return 0;
        point = point << 6 | (text[i] & 0x3f);
    }
    *ret_point = point;
    return point >= lead->lowest ? lead->length : 0;
}

void text_sanitize(char *text)
{
    const unsigned char *from = (const unsigned char *)text;
    char *to = text;

    while (*from != '\0') {
        uint32_t point = 0;
        size_t length = decode(from, &point);

        if (length > 0 && is_wanted(point)) {
            memmove(to, from, length);
            to += length;
        } else {
            *to++ = '?';
        }
        from += length > 0 ? length : 1;
    }
    *to = '\0';
}

size_t text_cut(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = strnlen(text, size);
    size_t start = length;
    const struct lead *lead = NULL;

    if (length < size || size == 0)
        return length;
    do {
        start--;
    } while (start > 0 && is_continuation(bytes[start]) && length - start < 4);
    lead = find_lead(bytes[start]);
    return lead && length - start < lead->length ? start : length;
}

void text_of_errno(int error, char *ret_text, size_t size)
{
    if (strerror_r(error, ret_text, size) != 0)
        snprintf(ret_text, size, "error %d", error);
}
