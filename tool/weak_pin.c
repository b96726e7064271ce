/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/weak_pin.h"

#include <stdbool.h>
#include <string.h>

/* True where each character is that PERIOD before. */
static bool repeats(const uint8_t *pin, size_t len, size_t period)
{
    size_t i;

    for (i = period; i < len; i++)
        if (pin[i] != pin[i - period])
            return false;
    return len > period;
}

static bool is_sequence(const uint8_t *pin, size_t len, int step)
{
    size_t i;

    for (i = 1; i < len; i++)
        if (pin[i] != pin[i - 1] + step)
            return false;
    return len > 1;
}

/* Anywhere in it. */
static bool has_day(const uint8_t *pin, size_t len, const char *mmdd)
{
    const char ddmm[] = {mmdd[2], mmdd[3], mmdd[0], mmdd[1]};

    return memmem(pin, len, mmdd, 4) || memmem(pin, len, ddmm, 4);
}

enum weakness weak_pin(const uint8_t *pin, size_t len, const char *mmdd)
{
    if (repeats(pin, len, 1) || repeats(pin, len, 2))
        return WEAK_REPEAT;
    if (is_sequence(pin, len, 1) || is_sequence(pin, len, -1))
        return WEAK_SEQUENCE;
    return strlen(mmdd) == 4 && has_day(pin, len, mmdd) ? WEAK_BIRTHDAY
                                                        : WEAK_NOT;
}
