/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_DESCRIBE_H
#define TESTS_VCARD_DESCRIBE_H

#include <time.h>

/*
 * The description of a persona, from which make-persona makes its folder: an
 * INI file whose keys all have a default. README.md lists them.
 */
enum describe_key {
    P_KIND,
    P_ATR,
    P_AGE,
    P_BIRTH,
    P_ISSUED,
    P_EF0008,
    P_NAME,
    P_SEX,
    P_ADDRESS,
    P_PREFECTURE,
    P_CITY,
    P_MUNICIPALITY,
    P_BIRTH_DIGITS,
    P_NAME_FLAGS,
    P_ADDRESS_FLAGS,
    A_CERTIFICATE,
    A_PIN,
    A_LEFT,
    A_POLICY,
    A_CA,
    A_KEY,
    A_EXPIRES,
    A_KEY_USAGE,
    A_CARD_KEY,
    S_CERTIFICATE,
    S_PIN,
    S_LEFT,
    S_POLICY,
    S_CA,
    S_KEY,
    S_EXPIRES,
    S_KEY_USAGE,
    S_CARD_KEY,
    T_PIN,
    T_LEFT,
    T_DATA,
    T_NAME,
    T_ADDRESS,
    T_BIRTH,
    T_SEX,
    DESCRIBE_KEYS
};

struct description {
    char *values[DESCRIBE_KEYS]; /* never NULL after describe_load */
    char card_conf[1024];        /* [access] and [quirks], for card.conf */
};

/* 0, or -1 with a line on stderr; to be freed in both cases. */
int describe_load(const char *path, struct description *ret_description);
void describe_done(struct description *description);

/* A day of the calendar in Japan. */
struct day {
    int year, month, day;
};

struct day describe_today(void);
struct day describe_plus(struct day day, int days);
/* Eight digits, or a number of days counted from today in DIRECTION 1 or -1. */
struct day describe_day(const char *text, int direction);
/* The last second of DAY in Japan. */
time_t describe_end_of(struct day day);

/* The holder's birthday, and the 5th one after the day of issue. */
struct day describe_birth(const struct description *description);
struct day describe_fifth_birthday(struct day birth, struct day issued);

/* E YYYY MM DD (docs/card.md 3.3). */
void describe_birth_digits(struct day birth, char ret_digits[16]);

#endif
