/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/holder_compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Certificate against card, field by field. */

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct holder holder = {
    .name = "公的　花子",
    .name_flags = "00000",
    .address = "東京都清瀬市１－２",
    .address_flags = "000000000",
    .birth_date = "319800217",
    .sex = "2",
};

static const struct text_data same = {
    .name = "公的　花子",
    .address = "東京都清瀬市１－２",
    .birth_date = "19800217",
    .sex = "2",
};

/* What is said of each field, in the order of enum holder_field: "ad?a". */
static void assert_matches(const struct holder *cert,
    const struct text_data *card, const char *expected)
{
    static const char letters[] = {
        [HOLDER_AGREES] = 'a', [HOLDER_DIFFERS] = 'd', [HOLDER_UNKNOWN] = '?'};
    enum holder_match matches[HOLDER_FIELDS];
    char found[HOLDER_FIELDS + 1] = "";
    size_t i;

    holder_compare(cert, card, matches);
    for (i = 0; i < HOLDER_FIELDS; i++)
        found[i] = letters[matches[i]];
    assert_string_equal(found, expected);
}

static void test_the_same_agrees(void **state)
{
    assert_matches(&holder, &same, "aaaa");
}

static void test_what_is_missing_cannot_be_told(void **state)
{
    static const struct holder no_holder;
    static const struct text_data no_data;

    assert_matches(&no_holder, &same, "????");
    assert_matches(&holder, &no_data, "????");
    assert_matches(&no_holder, &no_data, "????");
}

struct row {
    const char *cert, *flags, *card;
    enum holder_match match;
};

static void check_names(const struct row *rows, size_t count)
{
    enum holder_match matches[HOLDER_FIELDS];
    size_t i;

    for (i = 0; i < count; i++) {
        struct holder cert = holder;
        struct text_data card = same;

        strcpy(cert.name, rows[i].cert);
        strcpy(cert.name_flags, rows[i].flags);
        strcpy(card.name, rows[i].card);
        holder_compare(&cert, &card, matches);
        if (matches[HOLDER_NAME] != rows[i].match)
            fail_msg("%s (%s) and %s: %d", rows[i].cert, rows[i].flags,
                rows[i].card, (int)matches[HOLDER_NAME]);
        /* An address is compared by the same rules. */
        cert = holder;
        card = same;
        strcpy(cert.address, rows[i].cert);
        strcpy(cert.address_flags, rows[i].flags);
        strcpy(card.address, rows[i].card);
        holder_compare(&cert, &card, matches);
        assert_int_equal(matches[HOLDER_ADDRESS], rows[i].match);
        assert_int_equal(matches[HOLDER_NAME], HOLDER_AGREES);
    }
}

static void test_forms_of_the_same_text(void **state)
{
    static const struct row rows[] = {
        {"公的　花子", "00000", "公的花子", HOLDER_AGREES},
        {"公的　花子", "00000", " 公的\u00a0花子 ", HOLDER_AGREES},
        {"３丁目１４", "00000", "3丁目14", HOLDER_AGREES},
        {"ＡＢＣ", "000", "ABC", HOLDER_AGREES},
        {"ガッコウ", "0000", "ｶﾞｯｺｳ", HOLDER_AGREES},
        {"か\u3099", "00", "が", HOLDER_AGREES},
        /* Dashes; a long vowel is none. */
        {"１－２", "000", "1-2", HOLDER_AGREES},
        {"１－２", "000", "1‐2", HOLDER_AGREES},
        {"１－２", "000", "1−2", HOLDER_AGREES},
        {"コーポ", "000", "コ-ポ", HOLDER_DIFFERS},
        /* Variation selectors, zero-width characters. */
        {"辻", "0", "辻\U000e0100", HOLDER_AGREES},
        {"葛飾", "00", "葛\ufe00飾", HOLDER_AGREES},
        {"公的", "00", "公\u200b的", HOLDER_AGREES},
        /* A compatibility ideograph is its unified one by NFKC. */
        {"神社", "00", "神\ufa4c", HOLDER_AGREES},
    };

    check_names(rows, COUNT(rows));
}

static void test_another_text_differs(void **state)
{
    static const struct row rows[] = {
        {"公的　花子", "00000", "公的　花", HOLDER_DIFFERS},
        {"公的　花", "0000", "公的　花子", HOLDER_DIFFERS},
        {"公的　花子", "00000", "架空　花子", HOLDER_DIFFERS},
        {"渡辺", "00", "渡邊", HOLDER_DIFFERS},
        {"東京都１－２", "000000", "東京都１－３", HOLDER_DIFFERS},
    };

    check_names(rows, COUNT(rows));
}

static void test_a_substitute_equals_anything(void **state)
{
    static const struct row rows[] = {
        {"高橋", "10", "髙橋", HOLDER_AGREES},
        {"高橋", "10", "〓橋", HOLDER_AGREES},
        {"高橋", "10", "\U00020bb7橋", HOLDER_AGREES},
        {"高橋　邦子", "10000", "髙橋邦子", HOLDER_AGREES},
        {"渡辺", "01", "渡邉\U000e0101", HOLDER_AGREES},
        /* Of several forms, and where the rest repeats. */
        {"高橋", "10", "タカ橋", HOLDER_AGREES},
        {"ああい", "010", "あいいい", HOLDER_AGREES},
        {"いあい", "010", "いいいいい", HOLDER_AGREES},
        /* The rest is compared, and something stands in its place. */
        {"高橋", "10", "髙柳", HOLDER_DIFFERS},
        {"高橋", "10", "橋", HOLDER_DIFFERS},
        {"高橋", "01", "髙橋", HOLDER_DIFFERS},
        /* Nothing is left to be compared. */
        {"高", "1", "髙", HOLDER_UNKNOWN},
        {"高　橋", "111", "髙　橋", HOLDER_UNKNOWN},
    };

    check_names(rows, COUNT(rows));
}

/* Whether a character is a substitute is not told. */
static void test_flags_that_do_not_fit(void **state)
{
    static const struct row rows[] = {
        {"高橋", "", "髙橋", HOLDER_UNKNOWN},
        {"高橋", "0", "髙橋", HOLDER_UNKNOWN},
        {"高橋", "000", "髙橋", HOLDER_UNKNOWN},
        {"高橋", "20", "髙橋", HOLDER_UNKNOWN},
        {"高橋", "0x", "髙橋", HOLDER_UNKNOWN},
        {"高橋", "", "高橋", HOLDER_AGREES},
        {"高橋", "000", "高橋", HOLDER_AGREES},
    };

    check_names(rows, COUNT(rows));
}

static void test_what_can_be_read_in_two_ways(void **state)
{
    static const struct row rows[] = {
        /* Characters that stand for others, or for nothing known. */
        {"高橋", "00", "〓橋", HOLDER_UNKNOWN},
        {"高橋", "00", "\ue000橋", HOLDER_UNKNOWN},
        {"高\ufffd", "00", "高橋", HOLDER_UNKNOWN},
        /* A former name, in brackets of some kind, on one side only. */
        {"公的（架空）花子", "00000000", "公的花子", HOLDER_UNKNOWN},
        {"公的花子", "0000", "公的［架空］花子", HOLDER_UNKNOWN},
        {"公的（架空）", "000000", "公的（別）", HOLDER_DIFFERS},
        /* No UTF-8, and what no text may hold. */
        {"公\xe7", "00", "公的", HOLDER_UNKNOWN},
        {"公的", "00", "公\xff", HOLDER_UNKNOWN},
        {"公的", "00", "公\ufdd0", HOLDER_UNKNOWN},
        {"公\ufdd0", "00", "公的", HOLDER_UNKNOWN},
    };

    check_names(rows, COUNT(rows));
}

static void test_birth_dates(void **state)
{
    static const struct row rows[] = {
        {"319800217", NULL, "19800217", HOLDER_AGREES},
        /* The era is not looked at. */
        {"019800217", NULL, "19800217", HOLDER_AGREES},
        {"319800217", NULL, "19800218", HOLDER_DIFFERS},
        {"319800217", NULL, "19810217", HOLDER_DIFFERS},
        /* Parts that are not known, here or there. */
        {"319800200", NULL, "19800200", HOLDER_AGREES},
        {"319800200", NULL, "19800217", HOLDER_UNKNOWN},
        {"319800217", NULL, "19800000", HOLDER_UNKNOWN},
        {"319800200", NULL, "19810217", HOLDER_DIFFERS},
        {"000000217", NULL, "19800217", HOLDER_UNKNOWN},
        {"31980021", NULL, "19800217", HOLDER_UNKNOWN},
        {"31980021X", NULL, "19800217", HOLDER_UNKNOWN},
        {"319800217", NULL, "1980021", HOLDER_UNKNOWN},
    };
    enum holder_match matches[HOLDER_FIELDS];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct holder cert = holder;
        struct text_data card = same;

        strcpy(cert.birth_date, rows[i].cert);
        strcpy(card.birth_date, rows[i].card);
        holder_compare(&cert, &card, matches);
        if (matches[HOLDER_BIRTH_DATE] != rows[i].match)
            fail_msg("%s and %s", rows[i].cert, rows[i].card);
    }
}

static void test_sex(void **state)
{
    static const struct row rows[] = {
        {"1", NULL, "1", HOLDER_AGREES},
        {"2", NULL, "1", HOLDER_DIFFERS},
        {"3", NULL, "3", HOLDER_AGREES},
        /* Two digits are given for the third. */
        {"3", NULL, "9", HOLDER_UNKNOWN},
        {"1", NULL, "9", HOLDER_UNKNOWN},
        {"12", NULL, "1", HOLDER_UNKNOWN},
        {"F", NULL, "1", HOLDER_UNKNOWN},
    };
    enum holder_match matches[HOLDER_FIELDS];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct holder cert = holder;
        struct text_data card = same;

        strcpy(cert.sex, rows[i].cert);
        strcpy(card.sex, rows[i].card);
        holder_compare(&cert, &card, matches);
        if (matches[HOLDER_SEX] != rows[i].match)
            fail_msg("%s and %s", rows[i].cert, rows[i].card);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_agrees),
        cmocka_unit_test(test_what_is_missing_cannot_be_told),
        cmocka_unit_test(test_forms_of_the_same_text),
        cmocka_unit_test(test_another_text_differs),
        cmocka_unit_test(test_a_substitute_equals_anything),
        cmocka_unit_test(test_flags_that_do_not_fit),
        cmocka_unit_test(test_what_can_be_read_in_two_ways),
        cmocka_unit_test(test_birth_dates),
        cmocka_unit_test(test_sex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
