/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_SHOW_H
#define TOOL_SHOW_H

#include <stdint.h>

/* How commands show times and what certificates say, as text for a person. */

#define SHOWN_TIME_MAX 64
#define SHOWN_DATE_MAX 16

/* Seconds since 1970 as "2027-02-17 23:59:59", by the clock of Japan. */
const char *show_time(int64_t seconds, char ret_text[SHOWN_TIME_MAX]);

/* The same, the day only. */
const char *show_day(int64_t seconds, char ret_text[SHOWN_DATE_MAX]);

/*
 * YYYYMMDD, or the nine digits of a certificate, as "1980-02-17"; what it does
 * not tell is "-".
 */
const char *show_birth_date(const char *digits, char ret_text[SHOWN_DATE_MAX]);

/* The sex by its digit, into RET_TEXT. */
const char *show_sex(const char *digit, char ret_text[SHOWN_TIME_MAX]);

/* TEXT, from a card, made harmless for a terminal; itself. */
const char *show_text(char *text);

#endif
