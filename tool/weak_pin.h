/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_WEAK_PIN_H
#define TOOL_WEAK_PIN_H

#include <stddef.h>
#include <stdint.h>

/* Why a PIN is easy to guess. */
enum weakness {
    WEAK_NOT,
    WEAK_REPEAT,   /* one character, or one pair, again and again */
    WEAK_SEQUENCE, /* up or down by one: 1234, 9876, ABCDEF */
    WEAK_BIRTHDAY, /* month and day, in either order */
};

/*
 * Judges LEN bytes of PIN, where the holder was born on MMDD ("" where that is
 * not known). A pure function.
 */
enum weakness weak_pin(const uint8_t *pin, size_t len, const char *mmdd);

#endif
