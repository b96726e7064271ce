/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_BIRTH_DATE_H
#define CRYPTO_BIRTH_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The holder's date of birth and the date in Japan, whatever the host's clock
 * and zone: pure functions. A date of the Gregorian calendar is the number
 * YYYYMMDD, by which dates can be compared.
 */

enum birth_kind {
    BIRTH_UNKNOWN, /* none, several, malformed, or without a year */
    BIRTH_PARTIAL, /* day, or month and day, unknown */
    BIRTH_FULL,
};

struct birth {
    enum birth_kind kind;
    /* The youngest reading: of a partial date the latest day it can mean. */
    int date;
    bool era_fits; /* the era digit agrees with the date, or is 0 */
};

/*
 * Reads the nine digits E YYYY MM DD of a signing certificate (docs/card.md
 * 3.3): era, then the Gregorian date, in which unknown parts are 00. The era
 * decides nothing. Anything that is not such a date gives BIRTH_UNKNOWN.
 */
void birth_parse(const uint8_t *text, size_t len, struct birth *ret_birth);

/*
 * The date in Japan (UTC+9, no summer time) at NOW, seconds since 1970. False
 * when its year is beyond 9999.
 */
bool birth_date_in_japan(int64_t now, int *ret_date);

/*
 * True when the holder, by the youngest reading, has completed AGE years on
 * the date in Japan at NOW. A birthday on 29 February counts as 1 March in
 * common years. False for BIRTH_UNKNOWN.
 */
bool birth_reaches(const struct birth *birth, unsigned age, int64_t now);

#endif
