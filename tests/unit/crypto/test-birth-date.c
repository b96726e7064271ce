/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of birth, and the age by the date in Japan. */
#include <time.h>

#include "crypto/birth_date.h"
#include "tests/unit/crypto/check.h"

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

static const struct {
    const char *text;
    enum birth_kind kind;
    int date; /* the youngest reading */
    bool era_fits;
} dates[] = {
    {"319800217", BIRTH_FULL, 19800217, true},
    {"420081031", BIRTH_FULL, 20081031, true},
    {"019800217", BIRTH_FULL, 19800217, true},
    {"419800217", BIRTH_FULL, 19800217, false},
    {"619800217", BIRTH_FULL, 19800217, false},
    {"919800217", BIRTH_FULL, 19800217, false},
    /* The days on which an era ended and the next began. */
    {"119120729", BIRTH_FULL, 19120729, true},
    {"119120730", BIRTH_FULL, 19120730, false},
    {"219120729", BIRTH_FULL, 19120729, false},
    {"219120730", BIRTH_FULL, 19120730, true},
    {"219261224", BIRTH_FULL, 19261224, true},
    {"319261224", BIRTH_FULL, 19261224, false},
    {"319890107", BIRTH_FULL, 19890107, true},
    {"319890108", BIRTH_FULL, 19890108, false},
    {"419890108", BIRTH_FULL, 19890108, true},
    {"420190430", BIRTH_FULL, 20190430, true},
    {"520190430", BIRTH_FULL, 20190430, false},
    {"520190501", BIRTH_FULL, 20190501, true},
    /* 29 February: every fourth year, not every hundredth. */
    {"420080229", BIRTH_FULL, 20080229, true},
    {"420000229", BIRTH_FULL, 20000229, true},
    {"420090229", BIRTH_UNKNOWN, 0, false},
    {"119000229", BIRTH_UNKNOWN, 0, false},
    /* Unknown parts: the youngest that they can mean. */
    {"319800200", BIRTH_PARTIAL, 19800229, true},
    {"319810200", BIRTH_PARTIAL, 19810228, true},
    {"319800400", BIRTH_PARTIAL, 19800430, true},
    {"319800000", BIRTH_PARTIAL, 19801231, true},
    {"319800015", BIRTH_PARTIAL, 19801215, true},
    {"319800031", BIRTH_PARTIAL, 19801231, true},
    {"319800032", BIRTH_UNKNOWN, 0, false},
    {"000000000", BIRTH_UNKNOWN, 0, false},
    {"000000101", BIRTH_UNKNOWN, 0, false},
    /* No dates. */
    {"319801301", BIRTH_UNKNOWN, 0, false},
    {"319809901", BIRTH_UNKNOWN, 0, false},
    {"319800132", BIRTH_UNKNOWN, 0, false},
    {"319800431", BIRTH_UNKNOWN, 0, false},
    {"31980021", BIRTH_UNKNOWN, 0, false},
    {"3198002170", BIRTH_UNKNOWN, 0, false},
    {"", BIRTH_UNKNOWN, 0, false},
    {"3198002x7", BIRTH_UNKNOWN, 0, false},
    {"319800 17", BIRTH_UNKNOWN, 0, false},
    {"x19800217", BIRTH_UNKNOWN, 0, false},
    {"-19800217", BIRTH_UNKNOWN, 0, false},
    {"3/9800217", BIRTH_UNKNOWN, 0, false},
    {"3:9800217", BIRTH_UNKNOWN, 0, false},
    {"\xef\xbc\x93"
     "980021",
        BIRTH_UNKNOWN, 0, false},
};

static void test_reads_dates(void **state)
{
    size_t i;

    for (i = 0; i < COUNT(dates); i++) {
        struct birth birth = parse(dates[i].text);

        assert_int_equal(birth.kind, dates[i].kind);
        assert_int_equal(birth.date, dates[i].date);
        assert_int_equal(birth.era_fits, dates[i].era_fits);
    }
}

static void test_a_nul_is_no_digit(void **state)
{
    static const char text[] = "31980\0217";
    struct birth birth;

    birth_parse((const uint8_t *)text, 9, &birth);
    assert_int_equal(birth.kind, BIRTH_UNKNOWN);
    birth_parse((const uint8_t *)"319800217\0", 10, &birth);
    assert_int_equal(birth.kind, BIRTH_UNKNOWN);
    birth_parse(NULL, 0, &birth);
    assert_int_equal(birth.kind, BIRTH_UNKNOWN);
}

/* Around each midnight in Japan, before 1970 and beyond 2038. */
static void test_the_day_begins_at_midnight_in_japan(void **state)
{
    static const struct {
        int64_t now; /* the last second of the day before */
        int before, after;
    } days[] = {
        {INT64_C(1800025199), 20270115, 20270116},
        {INT64_C(951749999), 20000228, 20000229},
        {INT64_C(1677596399), 20230228, 20230301},
        {INT64_C(-32401), 19691231, 19700101},
        {INT64_C(4102412399), 20991231, 21000101},
    };
    int date;
    size_t i;

    for (i = 0; i < COUNT(days); i++) {
        assert_true(birth_date_in_japan(days[i].now, &date));
        assert_int_equal(date, days[i].before);
        assert_true(birth_date_in_japan(days[i].now + 1, &date));
        assert_int_equal(date, days[i].after);
    }
    assert_true(birth_date_in_japan(INT64_C(253402268399), &date));
    assert_int_equal(date, 99991231);
    assert_false(birth_date_in_japan(INT64_C(253402268400), &date));
    assert_false(birth_date_in_japan(INT64_MAX, &date));
    assert_false(birth_date_in_japan(INT64_MAX - 9 * 3600, &date));
}

static void test_age_changes_at_midnight_in_japan(void **state)
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

    for (j = 0; j < COUNT(zones); j++) {
        setenv("TZ", zones[j], 1);
        tzset();
        for (i = 0; i < COUNT(cases); i++) {
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

static void test_age_is_none_before_birth_or_without_one(void **state)
{
    struct birth later = parse("520990101");
    struct birth unknown = parse("garbage");

    assert_false(birth_reaches(&later, 1, in_japan("2027-01-01 00:00:00")));
    assert_false(birth_reaches(&later, 0, in_japan("2027-01-01 00:00:00")));
    assert_false(birth_reaches(&unknown, 0, INT64_MAX));
    assert_false(birth_reaches(&later, 0, INT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_dates),
        cmocka_unit_test(test_a_nul_is_no_digit),
        cmocka_unit_test(test_the_day_begins_at_midnight_in_japan),
        cmocka_unit_test(test_age_changes_at_midnight_in_japan),
        cmocka_unit_test(test_age_is_none_before_birth_or_without_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
