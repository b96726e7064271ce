/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/show.h"

#include <stdio.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/text.h"
#include "conf/words.h"
#include "conf/words_certificate.h"

/* The calendar of Japan at SECONDS; all zero where it has no such time. */
static struct tm in_japan(int64_t seconds)
{
    struct tm tm;

    if (!clock_in_japan(seconds, &tm))
        memset(&tm, 0, sizeof tm);
    return tm;
}

const char *show_time(int64_t seconds, char ret_text[SHOWN_TIME_MAX])
{
    struct tm tm = in_japan(seconds);
    char time[32];

    (void)strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S", &tm);
    snprintf(ret_text, SHOWN_TIME_MAX, words(W_CERTIFICATE_TIME), time);
    return ret_text;
}

const char *show_day(int64_t seconds, char ret_text[SHOWN_DATE_MAX])
{
    struct tm tm = in_japan(seconds);

    (void)strftime(ret_text, SHOWN_DATE_MAX, "%Y-%m-%d", &tm);
    return ret_text;
}

const char *show_birth_date(const char *digits, char ret_text[SHOWN_DATE_MAX])
{
    size_t len = strlen(digits);

    if ((len != 8 && len != 9) || strspn(digits, "0123456789") != len) {
        snprintf(ret_text, SHOWN_DATE_MAX, "-");
        return ret_text;
    }
    digits += len - 8; /* without the era */
    snprintf(ret_text, SHOWN_DATE_MAX, "%.4s-%.2s-%.2s", digits, digits + 4,
        digits + 6);
    return ret_text;
}

const char *show_sex(const char *digit, char ret_text[SHOWN_TIME_MAX])
{
    if (strcmp(digit, "1") == 0)
        return words(W_CERTIFICATE_MALE);
    if (strcmp(digit, "2") == 0)
        return words(W_CERTIFICATE_FEMALE);
    if (digit[0] == '\0')
        return words(W_CERTIFICATE_NOT_TOLD);
    snprintf(ret_text, SHOWN_TIME_MAX, words(W_CERTIFICATE_SEX_OTHER), digit);
    return ret_text;
}

const char *show_text(char *text)
{
    text_sanitize(text);
    return text[0] ? text : words(W_CERTIFICATE_NOT_TOLD);
}
