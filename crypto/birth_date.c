/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/birth_date.h"

#include <time.h>

#define DIGITS 9
#define JAPAN_AHEAD (9 * 3600) /* of UTC, in seconds */

static const struct {
    struct birth_date first;
    struct birth_date last;
} eras[] = {
    [1] = {{1868, 1, 25}, {1912, 7, 29}},  /* Meiji */
    [2] = {{1912, 7, 30}, {1926, 12, 24}}, /* Taisho */
    [3] = {{1926, 12, 25}, {1989, 1, 7}},  /* Showa */
    [4] = {{1989, 1, 8}, {2019, 4, 30}},   /* Heisei */
    [5] = {{2019, 5, 1}, {9999, 12, 31}},  /* Reiwa */
};

static bool is_before(const struct birth_date *a, const struct birth_date *b)
{
    if (a->year != b->year)
        return a->year < b->year;
    if (a->month != b->month)
        return a->month < b->month;
    return a->day < b->day;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

static int number(const uint8_t *digits, int count)
{
    int value = 0;
    int i;

    for (i = 0; i < count; i++)
        value = 10 * value + (digits[i] - '0');
    return value;
}

static bool all_digits(const uint8_t *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static bool fits_era(const struct birth_date *date, int era)
{
    if (era == 0)
        return true;
    return era < (int)(sizeof eras / sizeof *eras) &&
           !is_before(date, &eras[era].first) &&
           !is_before(&eras[era].last, date);
}

void birth_parse(const uint8_t *text, size_t len, struct birth *ret_birth)
{
    struct birth birth = {.kind = BIRTH_FULL};

    *ret_birth = (struct birth){.kind = BIRTH_UNKNOWN};
    if (len != DIGITS || !all_digits(text, len))
        return;
    birth.date.year = number(text + 1, 4);
    birth.date.month = number(text + 5, 2);
    birth.date.day = number(text + 7, 2);
    if (birth.date.year == 0 || birth.date.month > 12)
        return;
    if (birth.date.month == 0) {
        birth.kind = BIRTH_PARTIAL;
        birth.date.month = 12;
    }
    if (birth.date.day == 0) {
        birth.kind = BIRTH_PARTIAL;
        birth.date.day = days_in_month(birth.date.year, birth.date.month);
    }
    if (birth.date.day > days_in_month(birth.date.year, birth.date.month))
        return;
    birth.era_fits = fits_era(&birth.date, text[0] - '0');
    *ret_birth = birth;
}

bool birth_date_in_japan(int64_t now, struct birth_date *ret_date)
{
    time_t shifted;
    struct tm tm;

    if (now > INT64_MAX - JAPAN_AHEAD)
        return false;
    shifted = (time_t)(now + JAPAN_AHEAD);
    if (!gmtime_r(&shifted, &tm))
        return false;
    *ret_date =
        (struct birth_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
    return true;
}

bool birth_reaches(const struct birth *birth, unsigned age, int64_t now)
{
    struct birth_date birthday = birth->date;
    struct birth_date today;

    if (birth->kind == BIRTH_UNKNOWN || !birth_date_in_japan(now, &today))
        return false;
    birthday.year += (int)age;
    /* A 29 February that the year does not have lies before its 1 March. */
    return !is_before(&today, &birthday);
}
