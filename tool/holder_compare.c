/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/holder_compare.h"

#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Stands for a substituted character; no text may hold it (Unicode 23.7). */
#define ANYTHING 0xfdd0

/* Characters, as they are compared. Personal data. */
struct text {
    uint32_t *chars;
    size_t len;
};

static void wipe(struct text *text)
{
    if (text->chars)
        explicit_bzero(text->chars, text->len * sizeof *text->chars);
    free(text->chars);
    *text = (struct text){NULL, 0};
}

/* False: BYTES are empty or no UTF-8, or there is no memory. */
static bool decode(const char *bytes, struct text *ret_text)
{
    const uint8_t *utf8 = (const uint8_t *)bytes;
    size_t len = strlen(bytes), i;

    *ret_text = (struct text){NULL, 0};
    if (len == 0 || u8_check(utf8, len))
        return false;
    ret_text->chars = u8_to_u32(utf8, len, NULL, &ret_text->len);
    for (i = 0; ret_text->chars && i < ret_text->len; i++) {
        if (ret_text->chars[i] == ANYTHING) {
            wipe(ret_text);
            return false;
        }
    }
    return ret_text->chars;
}

/* True where FLAGS has a 0 or a 1 for each character of TEXT. */
static bool flags_fit(const struct text *text, const char *flags)
{
    return strlen(flags) == text->len && strspn(flags, "01") == text->len;
}

static void mark_substitutes(struct text *text, const char *flags)
{
    size_t i;

    for (i = 0; i < text->len; i++)
        if (flags[i] == '1')
            text->chars[i] = ANYTHING;
}

/* Of the dashes NFKC makes one only of those that differ in width. */
static uint32_t one_dash(uint32_t c)
{
    return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ? '-' : c;
}

static bool is_invisible(uint32_t c)
{
    return c != ANYTHING && (uc_is_property_white_space(c) ||
                                uc_is_property_default_ignorable_code_point(c));
}

/* False, and TEXT is wiped: there is no memory. */
static bool normalise(struct text *text)
{
    struct text normal = {NULL, 0};
    size_t i, kept = 0;

    normal.chars =
        u32_normalize(UNINORM_NFKC, text->chars, text->len, NULL, &normal.len);
    wipe(text);
    if (!normal.chars)
        return false;
    for (i = 0; i < normal.len; i++)
        if (!is_invisible(normal.chars[i]))
            normal.chars[kept++] = one_dash(normal.chars[i]);
    /* What follows holds what stood there before. */
    explicit_bzero(
        normal.chars + kept, (normal.len - kept) * sizeof *normal.chars);
    normal.len = kept;
    *text = normal;
    return true;
}

/* Does CARD fit CERT, in which ANYTHING stands for one or more characters? */
static bool fits(const struct text *cert, const struct text *card)
{
    size_t i = 0, j = 0, star = 0, resume = 0;
    bool has_star = false;

    while (j < card->len) {
        if (i < cert->len && cert->chars[i] == ANYTHING) {
            has_star = true;
            star = ++i;
            resume = ++j;
        } else if (i < cert->len && cert->chars[i] == card->chars[j]) {
            i++;
            j++;
        } else if (has_star) {
            i = star;
            j = ++resume;
        } else {
            return false;
        }
    }
    return i == cert->len;
}

static bool has(const struct text *text, bool (*is)(uint32_t c))
{
    size_t i;

    for (i = 0; i < text->len; i++)
        if (is(text->chars[i]))
            return true;
    return false;
}

/* A character of private use, or one that stands for another. */
static bool is_unreadable(uint32_t c)
{
    return uc_is_general_category(c, UC_PRIVATE_USE) || c == 0xfffd ||
           c == 0x3013;
}

/* Of a former name, which may stand behind a name. */
static bool is_bracket(uint32_t c)
{
    static const uint32_t brackets[] = {'(', '[', 0x3010, 0x3014};
    size_t i;

    for (i = 0; i < sizeof brackets / sizeof *brackets; i++)
        if (c == brackets[i])
            return true;
    return false;
}

static bool is_told(uint32_t c)
{
    return c != ANYTHING;
}

static enum holder_match judge(
    const struct text *cert, const struct text *card, bool flags_known)
{
    if (!has(cert, is_told))
        return HOLDER_UNKNOWN;
    if (fits(cert, card))
        return HOLDER_AGREES;
    if (!flags_known || has(cert, is_unreadable) || has(card, is_unreadable) ||
        has(cert, is_bracket) != has(card, is_bracket))
        return HOLDER_UNKNOWN;
    return HOLDER_DIFFERS;
}

static enum holder_match compare_text(
    const char *cert, const char *flags, const char *card)
{
    struct text of_cert = {NULL, 0}, of_card = {NULL, 0};
    enum holder_match match = HOLDER_UNKNOWN;
    bool flags_known = false;

    if (decode(cert, &of_cert) && decode(card, &of_card)) {
        flags_known = flags_fit(&of_cert, flags);
        if (flags_known)
            mark_substitutes(&of_cert, flags);
        if (normalise(&of_cert) && normalise(&of_card))
            match = judge(&of_cert, &of_card, flags_known);
    }
    wipe(&of_cert);
    wipe(&of_card);
    return match;
}

/* One part of a date, of which all zeros say that it is not known. */
static enum holder_match compare_part(
    const char *cert, const char *card, size_t len)
{
    if (memcmp(cert, card, len) == 0)
        return HOLDER_AGREES;
    return strspn(cert, "0") >= len || strspn(card, "0") >= len
               ? HOLDER_UNKNOWN
               : HOLDER_DIFFERS;
}

static bool is_digits(const char *text, size_t len)
{
    return strlen(text) == len && strspn(text, "0123456789") == len;
}

static enum holder_match compare_birth_date(const char *cert, const char *card)
{
    static const struct {
        size_t at, len; /* of YYYYMMDD */
    } parts[] = {{0, 4}, {4, 2}, {6, 2}};
    enum holder_match match = HOLDER_AGREES;
    size_t i;

    if (!is_digits(cert, 9) || !is_digits(card, 8))
        return HOLDER_UNKNOWN;
    cert++; /* the era, which the year tells */
    for (i = 0; i < sizeof parts / sizeof *parts; i++) {
        enum holder_match part =
            compare_part(cert + parts[i].at, card + parts[i].at, parts[i].len);
        if (part == HOLDER_DIFFERS)
            return part;
        if (part == HOLDER_UNKNOWN)
            match = part;
    }
    return match;
}

/* 1 and 2 only: other digits are known from hearsay (docs/card.md 3.3). */
static enum holder_match compare_sex(const char *cert, const char *card)
{
    if (!is_digits(cert, 1) || !is_digits(card, 1))
        return HOLDER_UNKNOWN;
    if (strcmp(cert, card) == 0)
        return HOLDER_AGREES;
    return strspn(cert, "12") && strspn(card, "12") ? HOLDER_DIFFERS
                                                    : HOLDER_UNKNOWN;
}

void holder_compare(const struct holder *cert, const struct text_data *card,
    enum holder_match ret_matches[HOLDER_FIELDS])
{
    ret_matches[HOLDER_NAME] =
        compare_text(cert->name, cert->name_flags, card->name);
    ret_matches[HOLDER_ADDRESS] =
        compare_text(cert->address, cert->address_flags, card->address);
    ret_matches[HOLDER_BIRTH_DATE] =
        compare_birth_date(cert->birth_date, card->birth_date);
    ret_matches[HOLDER_SEX] = compare_sex(cert->sex, card->sex);
}
