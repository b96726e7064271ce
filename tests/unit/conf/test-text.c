/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
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
        "\xc2\xa0\xc3\xa9",                     /* no-break space, e acute */
        "\xe3\x82\xab\xe3\x83\xbc\xe3\x83\x89", /* katakana */
        "\xef\xbc\xa1\xef\xbb\xbe\xef\xbc\x80", /* beside the order mark */
        "\xf0\xa0\xae\x9f \xf4\x8f\xbf\xbd",    /* kanji; the last plane */
        "\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xa7", /* around the marks */
        "\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa\xd8\x9b\xd8\x9d",
        "\xed\x9f\xbf\xee\x80\x80", /* around the surrogates */
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_sanitized(texts[i], texts[i]);
}

static void test_control_characters(void **state)
{
    (void)state;
    expect_sanitized("a\nb\r\tc\b", "a?b??c?");
    expect_sanitized("\x1b]0;title\x07", "?]0;title?");
    expect_sanitized("\x01\x1f\x7f", "???");
    expect_sanitized("\xc2\x80\xc2\x85\xc2\x9b"
                     "31m\xc2\x9f",
        "???31m?");
}

static void test_direction_and_separators(void **state)
{
    static const char *const marks[] = {
        "\xd8\x9c",                                     /* U+061C */
        "\xe2\x80\x8e", "\xe2\x80\x8f",                 /* U+200E, 200F */
        "\xe2\x80\xa8", "\xe2\x80\xa9",                 /* U+2028, 2029 */
        "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", /* U+202A ... */
        "\xe2\x80\xad", "\xe2\x80\xae",                 /* ... U+202E */
        "\xe2\x81\xa6", "\xe2\x81\xa7",                 /* U+2066 ... */
        "\xe2\x81\xa8", "\xe2\x81\xa9",                 /* ... U+2069 */
        "\xef\xbb\xbf",                                 /* U+FEFF */
    };
    char text[8];

    (void)state;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        snprintf(text, sizeof text, "a%sb", marks[i]);
        expect_sanitized(text, "a?b");
    }
}

static void test_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    expect_sanitized("\x80\xbf", "??");
    expect_sanitized("\xe9t\xe9", "?t?"); /* Latin-1 */
    expect_sanitized("\xe3\x82", "??");   /* ends too soon */
    expect_sanitized("\xe3\x82x", "??x");
    expect_sanitized("\xc0\x8a\xc1\xbf", "????"); /* overlong */
    expect_sanitized("\xe0\x80\x8a\xf0\x80\x80\x8a", "???????");
    expect_sanitized("\xf8\x88\x80\x80\x80\xfe\xff", "???????");
}

/* One mark for each character that would have been valid in form. */
static void test_no_characters_of_unicode(void **state)
{
    (void)state;
    expect_sanitized("\xed\xa0\x80\xed\xbf\xbf", "??"); /* surrogates */
    expect_sanitized("\xf4\x90\x80\x80\xf7\xbf\xbf\xbf", "??");
}

static void test_cut_between_characters(void **state)
{
    static const char text[] = "ab\xc3\xa9\xe3\x82\xab\xf0\xa0\xae\x9f.";
    static const size_t kept[] = {
        0, 1, 2, 2, 4, 4, 4, 7, 7, 7, 7, 11, 12, 12, 12};

    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_int_equal(text_cut(text, i), kept[i]);
}

static void test_cut_of_no_utf8(void **state)
{
    (void)state;
    assert_in_range(text_cut("\x82\x82\x82\x82\x82\x82", 5), 4, 5);
    assert_int_equal(text_cut("\xe9\xe9\xe9", 2), 1);
    assert_int_equal(text_cut("\x82", 1), 1);
    assert_int_equal(text_cut("", 0), 0);
}

static void test_words_of_an_errno(void **state)
{
    char text[64];

    (void)state;
    text_of_errno(EACCES, text, sizeof text);
    assert_string_equal(text, strerror(EACCES));
    text_of_errno(EACCES, text, 5);
    assert_in_range(strlen(text), 1, 4);
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
        cmocka_unit_test(test_words_of_an_errno),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
