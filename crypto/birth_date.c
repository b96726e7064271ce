/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/birth_date.h"

#define DIGITS 9
#define SECONDS_A_DAY 86400
#define JAPAN_AHEAD (9 * 3600) /* of UTC, in seconds */

/* Of the Gregorian calendar, which repeats every 400 years. */
#define DAYS_IN_4_YEARS 1461
#define DAYS_IN_100_YEARS 36524
#define DAYS_IN_400_YEARS 146097
#define DAYS_TO_2000_03_01 11017 /* from 1970-01-01 */

/* The days before each month of a year that begins in March. */
static const int before_month[] = {
    0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337};

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

static int days_in_month(int64_t year, int month)
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

/* Rounded down, unlike C's division. */
static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void birth_date_in_japan(int64_t now, struct birth_date *ret_date)
{
    int64_t day = floor_divide(now, SECONDS_A_DAY);
    int64_t second = now - day * SECONDS_A_DAY;
    int64_t cycle;
    int64_t part;
    int month = 11;

    /* Years that begin in March end with the day that only some have. */
    day += (second + JAPAN_AHEAD) / SECONDS_A_DAY - DAYS_TO_2000_03_01;
    cycle = floor_divide(day, DAYS_IN_400_YEARS);
    day -= cycle * DAYS_IN_400_YEARS;
    ret_date->year = 2000 + 400 * cycle;
    part = least(day / DAYS_IN_100_YEARS, 3);
    day -= part * DAYS_IN_100_YEARS;
    ret_date->year += 100 * part;
    part = day / DAYS_IN_4_YEARS;
    day -= part * DAYS_IN_4_YEARS;
    ret_date->year += 4 * part;
    part = least(day / 365, 3);
    day -= part * 365;
    ret_date->year += part;
    while (before_month[month] > day)
        month--;
    ret_date->day = (int)day - before_month[month] + 1;
    ret_date->month = (month + 2) % 12 + 1;
    ret_date->year += month >= 10;
}

bool birth_reaches(const struct birth *birth, unsigned age, int64_t now)
{
    struct birth_date birthday = birth->date;
    struct birth_date today;

    if (birth->kind == BIRTH_UNKNOWN)
        return false;
    birthday.year += age;
    birth_date_in_japan(now, &today);
    /* A 29 February that the year does not have lies before its 1 March. */
    return !is_before(&today, &birthday);
}
