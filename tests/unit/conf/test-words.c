/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/words.h"

#define W_TRIES "%u tries for %s", "%u回（%s）"

/* NULL: unset. */
static void set(const char *name, const char *value)
{
    assert_int_equal(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void test_the_first_variable_that_is_set_decides(void **state)
{
    static const struct {
        const char *all, *messages, *lang;
        bool japanese;
    } rows[] = {
        {NULL, NULL, NULL, false},
        {"", "", "", false},
        {NULL, NULL, "ja_JP.UTF-8", true},
        {NULL, NULL, "ja", true},
        {NULL, NULL, "ja.UTF-8", true},
        {NULL, NULL, "ja@x", true},
        {NULL, NULL, "ja_JP.eucJP", true},
        {NULL, NULL, "jam", false},
        {NULL, NULL, "en_JP", false},
        {NULL, NULL, "j", false},
        {"", "", "ja_JP", true},
        {NULL, "ja", "en_US", true},
        {NULL, "en_GB", "ja_JP", false},
        {"ja_JP.UTF-8", "en_US", "en_US", true},
        {"C", "ja", "ja", false},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        set("LC_ALL", rows[i].all);
        set("LC_MESSAGES", rows[i].messages);
        set("LANG", rows[i].lang);
        words_choose_language();
        assert_int_equal(words_is_japanese(), rows[i].japanese);
    }
}

static void test_a_row_in_either_language(void **state)
{
    static const struct words row = {W_TRIES};
    char text[64];

    set("LC_ALL", "ja_JP.UTF-8");
    words_choose_language();
    snprintf(text, sizeof text, words(W_TRIES), 3, "auth");
    assert_string_equal(text, "3回（auth）");
    assert_string_equal(words_of(&row), WORDS_JA(W_TRIES));
    set("LC_ALL", "C.UTF-8");
    words_choose_language();
    snprintf(text, sizeof text, words(W_TRIES), 3, "auth");
    assert_string_equal(text, "3 tries for auth");
    assert_string_equal(words_of(&row), WORDS_EN(W_TRIES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_variable_that_is_set_decides),
        cmocka_unit_test(test_a_row_in_either_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
