/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/birth_date.h"

#include "conf/clock.h"

#define DIGITS 9

static int date_of(int year, int month, int day)
{
    return year * 10000 + month * 100 + day;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

/* False: TEXT is not DIGITS digits. */
static bool read_digits(const uint8_t *text, size_t len, int *ret_number)
{
    int number = 0;
    size_t i;

    if (len != DIGITS)
        return false;
    for (i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = 10 * number + (text[i] - '0');
    }
    *ret_number = number;
    return true;
}

void birth_parse(const uint8_t *text, size_t len, struct birth *ret_birth)
{
    struct birth birth = {.kind = BIRTH_FULL};
    int digits, year, month, day;

    *ret_birth = (struct birth){.kind = BIRTH_UNKNOWN};
    if (!read_digits(text, len, &digits))
        return;
    year = digits / 10000 % 10000;
    month = digits / 100 % 100;
    day = digits % 100;
    if (year == 0 || month > 12)
        return;
    if (month == 0 || day == 0)
        birth.kind = BIRTH_PARTIAL;
    if (month == 0)
        month = 12;
    if (day == 0)
        day = days_in_month(year, month);
    if (day > days_in_month(year, month))
        return;
    birth.date = date_of(year, month, day);
    *ret_birth = birth;
}

bool birth_date_in_japan(int64_t now, int *ret_date)
{
    struct tm tm;

    if (!clock_in_japan(now, &tm) || tm.tm_year > 9999 - 1900)
        return false;
    *ret_date = date_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    return true;
}

bool birth_reaches(const struct birth *birth, unsigned age, int64_t now)
{
    int today = 0;

    if (birth->kind == BIRTH_UNKNOWN || !birth_date_in_japan(now, &today))
        return false;
    /* A 29 February that the year does not have lies before its 1 March. */
    return birth->date + date_of((int)age, 0, 0) <= today;
}
