/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of birth, and who is how old on which day in Japan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include "crypto/birth_date.h"

#define JAPAN (9 * 3600)

/* Seconds since 1970 of a date and time in Japan, by the C library. */
static int64_t in_japan(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);

    assert_non_null(end);
    assert_int_equal(*end, '\0');
    return (int64_t)timegm(&tm) - JAPAN;
}

static struct birth parse(const char *text)
{
    struct birth birth;

    birth_parse((const uint8_t *)text, strlen(text), &birth);
    return birth;
}

static void assert_date(
    const struct birth_date *date, int64_t year, int month, int day)
{
    assert_true(date->year == year);
    assert_int_equal(date->month, month);
    assert_int_equal(date->day, day);
}

static const struct {
    const char *text;
    enum birth_kind kind;
    int year, month, day; /* the youngest reading */
    bool era_fits;
} dates[] = {
    {"319800217", BIRTH_FULL, 1980, 2, 17, true},
    {"420081031", BIRTH_FULL, 2008, 10, 31, true},
    {"019800217", BIRTH_FULL, 1980, 2, 17, true},
    {"419800217", BIRTH_FULL, 1980, 2, 17, false},
    {"619800217", BIRTH_FULL, 1980, 2, 17, false},
    {"919800217", BIRTH_FULL, 1980, 2, 17, false},
    /* The days on which an era ended and the next began. */
    {"119120729", BIRTH_FULL, 1912, 7, 29, true},
    {"119120730", BIRTH_FULL, 1912, 7, 30, false},
    {"219120729", BIRTH_FULL, 1912, 7, 29, false},
    {"219120730", BIRTH_FULL, 1912, 7, 30, true},
    {"219261224", BIRTH_FULL, 1926, 12, 24, true},
    {"319261224", BIRTH_FULL, 1926, 12, 24, false},
    {"319890107", BIRTH_FULL, 1989, 1, 7, true},
    {"319890108", BIRTH_FULL, 1989, 1, 8, false},
    {"419890108", BIRTH_FULL, 1989, 1, 8, true},
    {"420190430", BIRTH_FULL, 2019, 4, 30, true},
    {"520190430", BIRTH_FULL, 2019, 4, 30, false},
    {"520190501", BIRTH_FULL, 2019, 5, 1, true},
    /* 29 February: every fourth year, not every hundredth. */
    {"420080229", BIRTH_FULL, 2008, 2, 29, true},
    {"420000229", BIRTH_FULL, 2000, 2, 29, true},
    {"420090229", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"119000229", BIRTH_UNKNOWN, 0, 0, 0, false},
    /* Unknown parts: the youngest that they can mean. */
    {"319800200", BIRTH_PARTIAL, 1980, 2, 29, true},
    {"319810200", BIRTH_PARTIAL, 1981, 2, 28, true},
    {"319800400", BIRTH_PARTIAL, 1980, 4, 30, true},
    {"319800000", BIRTH_PARTIAL, 1980, 12, 31, true},
    {"319800015", BIRTH_PARTIAL, 1980, 12, 15, true},
    {"319800031", BIRTH_PARTIAL, 1980, 12, 31, true},
    {"319800032", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"000000000", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"000000101", BIRTH_UNKNOWN, 0, 0, 0, false},
    /* No dates. */
    {"319801301", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"319809901", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"319800132", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"319800431", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"31980021", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"3198002170", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"3198002x7", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"319800 17", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"x19800217", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"-19800217", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"3/9800217", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"3:9800217", BIRTH_UNKNOWN, 0, 0, 0, false},
    {"\xef\xbc\x93"
     "980021",
        BIRTH_UNKNOWN, 0, 0, 0, false},
};

static void reads_dates(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct birth birth = parse(dates[i].text);

        assert_int_equal(birth.kind, dates[i].kind);
        assert_date(&birth.date, dates[i].year, dates[i].month, dates[i].day);
        assert_int_equal(birth.era_fits, dates[i].era_fits);
    }
}

static void a_nul_is_no_digit(void **state)
{
    static const char text[] = "31980\0217";
    struct birth birth;

    (void)state;
    birth_parse((const uint8_t *)text, 9, &birth);
    assert_int_equal(birth.kind, BIRTH_UNKNOWN);
    birth_parse((const uint8_t *)"319800217\0", 10, &birth);
    assert_int_equal(birth.kind, BIRTH_UNKNOWN);
    birth_parse(NULL, 0, &birth);
    assert_int_equal(birth.kind, BIRTH_UNKNOWN);
}

/* Against the C library's calendar: each day and both its edges. */
static void calendar_is_gregorian(void **state)
{
    const int64_t day = 86400;
    int64_t first = in_japan("1600-01-01 00:00:00");
    int64_t last = in_japan("2401-12-31 00:00:00");
    int64_t at;

    (void)state;
    for (at = first; at <= last; at += day) {
        time_t shown = (time_t)(at + JAPAN);
        struct tm tm;
        struct birth_date date;

        gmtime_r(&shown, &tm);
        birth_date_in_japan(at, &date);
        assert_date(&date, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        birth_date_in_japan(at + day - 1, &date);
        assert_date(&date, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    }
}

static void no_time_is_too_far(void **state)
{
    struct birth_date date;

    (void)state;
    birth_date_in_japan(INT64_MAX, &date);
    assert_date(&date, INT64_C(292277026596), 12, 5);
    birth_date_in_japan(INT64_MIN, &date);
    assert_date(&date, INT64_C(-292277022657), 1, 27);
    /* Beyond a signed and an unsigned 32-bit count of seconds. */
    birth_date_in_japan(INT64_C(2147483648), &date);
    assert_date(&date, 2038, 1, 19);
    birth_date_in_japan(INT64_C(4294967296), &date);
    assert_date(&date, 2106, 2, 7);
}

static void age_changes_at_midnight_in_japan(void **state)
{
    static const struct {
        const char *birth;
        unsigned age;
        const char *from; /* the first second of that age, in Japan */
    } cases[] = {
        {"420120401", 15, "2027-04-01 00:00:00"},
        {"420120101", 15, "2027-01-01 00:00:00"},
        {"420121231", 15, "2027-12-31 00:00:00"},
        {"420120301", 15, "2027-03-01 00:00:00"},
        {"420110228", 15, "2026-02-28 00:00:00"},
        {"420120401", 1, "2013-04-01 00:00:00"},
        {"420120401", 120, "2132-04-01 00:00:00"},
        /* Born on 29 February: older from 1 March in common years. */
        {"420120229", 15, "2027-03-01 00:00:00"},
        {"420120229", 16, "2028-02-29 00:00:00"},
        {"420120229", 18, "2030-03-01 00:00:00"},
        {"420120229", 88, "2100-03-01 00:00:00"},
        {"420120200", 15, "2027-03-01 00:00:00"},
        {"420120000", 15, "2027-12-31 00:00:00"},
        {"420120600", 15, "2027-06-30 00:00:00"},
        {"420120010", 15, "2027-12-10 00:00:00"},
    };
    static const char *const zones[] = {"Asia/Tokyo", "UTC",
        "America/Los_Angeles", "Pacific/Kiritimati", "ABC-23:59:59"};
    size_t i;
    size_t j;

    (void)state;
    for (j = 0; j < sizeof zones / sizeof *zones; j++) {
        setenv("TZ", zones[j], 1);
        tzset();
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
            struct birth birth = parse(cases[i].birth);
            int64_t from = in_japan(cases[i].from);

            assert_false(birth_reaches(&birth, cases[i].age, from - 1));
            assert_true(birth_reaches(&birth, cases[i].age, from));
            assert_true(birth_reaches(&birth, cases[i].age, from + 86400));
            assert_false(birth_reaches(&birth, cases[i].age, from - 86400));
        }
    }
    unsetenv("TZ");
    tzset();
}

static void age_is_none_before_birth_or_without_one(void **state)
{
    struct birth later = parse("520990101");
    struct birth unknown = parse("garbage");

    (void)state;
    assert_false(birth_reaches(&later, 1, in_japan("2027-01-01 00:00:00")));
    assert_false(birth_reaches(&later, 0, in_japan("2027-01-01 00:00:00")));
    assert_false(birth_reaches(&unknown, 0, INT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_dates),
        cmocka_unit_test(a_nul_is_no_digit),
        cmocka_unit_test(calendar_is_gregorian),
        cmocka_unit_test(no_time_is_too_far),
        cmocka_unit_test(age_changes_at_midnight_in_japan),
        cmocka_unit_test(age_is_none_before_birth_or_without_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
