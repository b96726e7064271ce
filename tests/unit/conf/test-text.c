/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/text.h"

static void expect_sanitized(const char *text, const char *expected)
{
    char *copy = strdup(text);

    assert_non_null(copy);
    text_sanitize(copy);
    assert_string_equal(copy, expected);
    free(copy);
}

static void test_ordinary_text_is_left_alone(void **state)
{
    static const char *const texts[] = {
        "", "Gemalto PC Twin Reader (0123) 00 00",
        "SONY FeliCa RC-S300/P (1234567) 00 00",
        "\xC2\xA0\xC3\xA9",                     /* no-break space, e acute */
        "\xE3\x82\xAB\xE3\x83\xBC\xE3\x83\x89", /* katakana */
        "\xEF\xBC\xA1\xEF\xBB\xBE\xEF\xBC\x80", /* beside the order mark */
        "\xF0\xA0\xAE\x9F \xF4\x8F\xBF\xBD",    /* kanji; the last plane */
        "\xE2\x80\x8D\xE2\x80\x90\xE2\x80\xA7", /* around the marks */
        "\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA\xD8\x9B\xD8\x9D",
        "\xED\x9F\xBF\xEE\x80\x80", /* around the surrogates */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        expect_sanitized(texts[i], texts[i]);
    }
}

static void test_control_characters(void **state)
{
    (void)state;
    expect_sanitized("a\nb\r\tc\b", "a?b??c?");
    expect_sanitized("\x1B]0;title\x07", "?]0;title?");
    expect_sanitized("\x01\x1F\x7F", "???");
    expect_sanitized("\xC2\x80\xC2\x85\xC2\x9B"
                     "31m\xC2\x9F",
        "???31m?");
}

static void test_direction_and_separators(void **state)
{
    static const char *const marks[] = {
        "\xD8\x9C",                                     /* U+061C */
        "\xE2\x80\x8E", "\xE2\x80\x8F",                 /* U+200E, 200F */
        "\xE2\x80\xA8", "\xE2\x80\xA9",                 /* U+2028, 2029 */
        "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", /* U+202A ... */
        "\xE2\x80\xAD", "\xE2\x80\xAE",                 /* ... U+202E */
        "\xE2\x81\xA6", "\xE2\x81\xA7",                 /* U+2066 ... */
        "\xE2\x81\xA8", "\xE2\x81\xA9",                 /* ... U+2069 */
        "\xEF\xBB\xBF",                                 /* U+FEFF */
    };
    char text[8];

    (void)state;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        snprintf(text, sizeof(text), "a%sb", marks[i]);
        expect_sanitized(text, "a?b");
    }
}

static void test_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    expect_sanitized("\x80\xBF", "??");
    expect_sanitized("\xE9t\xE9", "?t?"); /* Latin-1 */
    expect_sanitized("\xE3\x82", "??");   /* ends too soon */
    expect_sanitized("\xE3\x82x", "??x");
    expect_sanitized("\xC0\x8A\xC1\xBF", "????"); /* overlong */
    expect_sanitized("\xE0\x80\x8A\xF0\x80\x80\x8A", "???????");
    expect_sanitized("\xF8\x88\x80\x80\x80\xFE\xFF", "???????");
}

/* One mark for each character that would have been valid in form. */
static void test_no_characters_of_unicode(void **state)
{
    (void)state;
    expect_sanitized("\xED\xA0\x80\xED\xBF\xBF", "??"); /* surrogates */
    expect_sanitized("\xF4\x90\x80\x80\xF7\xBF\xBF\xBF", "??");
}

static void test_cut_between_characters(void **state)
{
    static const char text[] = "ab\xC3\xA9\xE3\x82\xAB\xF0\xA0\xAE\x9F.";
    static const size_t kept[] = {
        0, 1, 2, 2, 4, 4, 4, 7, 7, 7, 7, 11, 12, 12, 12};

    (void)state;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        assert_int_equal(text_cut(text, i), kept[i]);
    }
}

static void test_cut_of_no_utf8(void **state)
{
    (void)state;
    assert_in_range(text_cut("\x82\x82\x82\x82\x82\x82", 5), 4, 5);
    assert_int_equal(text_cut("\xE9\xE9\xE9", 2), 1);
    assert_int_equal(text_cut("\x82", 1), 1);
    assert_int_equal(text_cut("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ordinary_text_is_left_alone),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_direction_and_separators),
        cmocka_unit_test(test_bytes_that_are_no_utf8),
        cmocka_unit_test(test_no_characters_of_unicode),
        cmocka_unit_test(test_cut_between_characters),
        cmocka_unit_test(test_cut_of_no_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
