/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/describe.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#define JAPAN ((time_t)9 * 60 * 60)

static const struct {
    const char *section, *name, *value;
} keys[DESCRIBE_KEYS] = {
    [P_KIND] = {"persona", "kind", "card"},
    [P_ATR] = {"persona", "atr", ""},
    [P_AGE] = {"persona", "age", "42"},
    [P_BIRTH] = {"persona", "birth", ""},
    [P_ISSUED] = {"persona", "issued", "400"},
    [P_EF0008] = {"persona", "ef0008", ""},
    [P_NAME] = {"persona", "name", "公的　花子"},
    [P_SEX] = {"persona", "sex", "2"},
    [P_ADDRESS] = {"persona", "address", "東京都清瀬市架空町３丁目１４－１５"},
    [P_PREFECTURE] = {"persona", "prefecture", "Tokyo-to"},
    [P_CITY] = {"persona", "city", "Kiyose-shi"},
    [P_MUNICIPALITY] = {"persona", "municipality", "13221"},
    [P_BIRTH_DIGITS] = {"persona", "birth_digits", ""},
    [P_NAME_FLAGS] = {"persona", "name_flags", ""},
    [P_ADDRESS_FLAGS] = {"persona", "address_flags", ""},
    [A_CERTIFICATE] = {"auth", "certificate", "yes"},
    [A_PIN] = {"auth", "pin", "1234"},
    [A_LEFT] = {"auth", "left", "3"},
    [A_POLICY] = {"auth", "policy", "1.2.392.200149.8.5.1.3.30"},
    [A_CA] = {"auth", "ca", "3"},
    [A_KEY] = {"auth", "key", "auth-1"},
    [A_EXPIRES] = {"auth", "expires", ""},
    [A_KEY_USAGE] = {"auth", "key_usage", "digitalSignature"},
    [A_CARD_KEY] = {"auth", "card_key", ""},
    [S_CERTIFICATE] = {"sign", "certificate", "yes"},
    [S_PIN] = {"sign", "pin", "ABC123"},
    [S_LEFT] = {"sign", "left", "5"},
    [S_POLICY] = {"sign", "policy", "1.2.392.200149.8.5.1.1.20"},
    [S_CA] = {"sign", "ca", "3"},
    [S_KEY] = {"sign", "key", "sign-1"},
    [S_EXPIRES] = {"sign", "expires", ""},
    [S_KEY_USAGE] = {"sign", "key_usage", "digitalSignature,nonRepudiation"},
    [S_CARD_KEY] = {"sign", "card_key", ""},
    [T_PIN] = {"text", "pin", "2468"},
    [T_LEFT] = {"text", "left", "3"},
    [T_DATA] = {"text", "data", "yes"},
    [T_NAME] = {"text", "name", ""},
    [T_ADDRESS] = {"text", "address", ""},
    [T_BIRTH] = {"text", "birth", ""},
    [T_SEX] = {"text", "sex", ""},
};

static int copy_to_card_conf(struct description *description,
    const char *section, const char *name, const char *value)
{
    size_t used = strlen(description->card_conf);
    int n = snprintf(description->card_conf + used,
        sizeof description->card_conf - used, "[%s]\n%s = %s\n", section, name,
        value);
    return n > 0 && (size_t)n < sizeof description->card_conf - used;
}

static int set_value(
    void *user, const char *section, const char *name, const char *value)
{
    struct description *description = user;
    if (strcmp(section, "access") == 0 || strcmp(section, "quirks") == 0)
        return copy_to_card_conf(description, section, name, value);
    for (size_t i = 0; i < DESCRIBE_KEYS; i++) {
        if (strcmp(keys[i].section, section) == 0 &&
            strcmp(keys[i].name, name) == 0) {
            free(description->values[i]);
            description->values[i] = strdup(value);
            return description->values[i] != NULL;
        }
    }
    return 0;
}

int describe_load(const char *path, struct description *ret_description)
{
    memset(ret_description, 0, sizeof *ret_description);
    int line = ini_parse(path, set_value, ret_description);
    if (line != 0) {
        fprintf(stderr, "make-persona: %s: line %d\n", path, line);
        return -1;
    }
    for (size_t i = 0; i < DESCRIBE_KEYS; i++) {
        if (!ret_description->values[i])
            ret_description->values[i] = strdup(keys[i].value);
        if (!ret_description->values[i])
            return -1;
    }
    return 0;
}

void describe_done(struct description *description)
{
    for (size_t i = 0; i < DESCRIBE_KEYS; i++)
        free(description->values[i]);
}

static struct day day_of(time_t when)
{
    struct tm tm = {0};
    time_t there = when + JAPAN;
    gmtime_r(&there, &tm);
    return (struct day){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

time_t describe_end_of(struct day day)
{
    struct tm tm = {
        .tm_year = day.year - 1900,
        .tm_mon = day.month - 1,
        .tm_mday = day.day,
        .tm_hour = 23,
        .tm_min = 59,
        .tm_sec = 59,
    };
    return timegm(&tm) - JAPAN;
}

struct day describe_today(void)
{
    return day_of(time(NULL));
}

struct day describe_plus(struct day day, int days)
{
    day.day += days;
    return day_of(describe_end_of(day));
}

static bool read_day(const char *text, struct day *ret_day)
{
    return strlen(text) == 8 && sscanf(text, "%4d%2d%2d", &ret_day->year,
                                    &ret_day->month, &ret_day->day) == 3;
}

struct day describe_day(const char *text, int direction)
{
    struct day day = {0, 0, 0};
    if (!read_day(text, &day))
        day = describe_plus(describe_today(), direction * atoi(text));
    return day;
}

/*
 * Of an age only the birthday is free: one 100 days back leaves the age as it
 * is for most of a year, however old the build directory gets.
 */
struct day describe_birth(const struct description *description)
{
    struct day day = {0, 0, 0};
    if (read_day(description->values[P_BIRTH], &day))
        return day;
    day = describe_plus(describe_today(), -100);
    day.year -= atoi(description->values[P_AGE]);
    return day;
}

struct day describe_fifth_birthday(struct day birth, struct day issued)
{
    bool later_in_year =
        birth.month > issued.month ||
        (birth.month == issued.month && birth.day > issued.day);
    birth.year = issued.year + (later_in_year ? 4 : 5);
    return birth;
}

void describe_birth_digits(struct day birth, char ret_digits[16])
{
    static const int first_days[] = {
        18680125, 19120730, 19261225, 19890108, 20190501};
    int date = birth.year * 10000 + birth.month * 100 + birth.day;
    int era = 0;
    while (era < 5 && date >= first_days[era])
        era++;
    snprintf(ret_digits, 16, "%d%08d", era, date % 100000000);
}
