/* SPDX-License-Identifier: Apache-2.0 */
#include "token/text.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/token/fixture.h"

/* The text application: its PIN, by which commands, and its file. */

#define C_TEXT "00A4040C0AD3921000310001010408"
#define C_FILE "00B0820000"
#define PROBE_TEXT "00B0820001"
#define NUMBER "00A4020C020001" /* what may never be sent there */
#define NUMBER_SHORT "00B081"

#define OFFSETS "DF2108000E001100160021"
/* "A", "BC", 19800217, "1" */
#define FIELDS "DF220141DF23024243DF24083139383030323137DF250131"
#define FILE_42 "FF2023" OFFSETS FIELDS

static struct text_file file;

static int setup(void **state)
{
    memset(&file, 0x5A, sizeof file);
    return setup_card_and_pins(state);
}

#define TEXT_TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup, teardown_card_and_pins)

static void expects_text_query(const char *answer)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_TEXT, "9000");
    fake_expect(C_EF("0011"), "9000");
    fake_expect(C_QUERY, answer);
}

/* SELECT of another application; and that this ended the log-in. */
static void expects_text_log_out(void)
{
    expects_log_out();
    fake_expect(C_TEXT, "9000");
    fake_expect(PROBE_TEXT, "6982");
}

static enum tok_err reads_text(bool spare_last)
{
    enum tok_err err = jpki_read_text(
        card, pins[JPKI_TEXT], spare_last, &file, &script_result);

    assert_null(strstr(fake_words(), NUMBER));
    assert_null(strstr(fake_words(), NUMBER_SHORT));
    return err;
}

static void test_the_counter_is_asked_before_the_pin(void **state)
{
    expects_text_query("63C3");
    fake_expect(C_VERIFY_TEXT, "9000");
    fake_expect(C_FILE, FILE_42 "FFFFFFFF9000");
    expects_text_log_out();
    assert_int_equal(reads_text(true), TOK_OK);
    fake_saw(W_OPEN " " C_TEXT " " C_EF(
        "0011") " " C_QUERY " " C_VERIFY_TEXT " " C_FILE " " C_ISSUER " " C_TEXT
                " " PROBE_TEXT " end");
    assert_int_equal(file.len, 38);
    assert_int_equal(script_result.outcome, VERIFY_ACCEPTED);
    assert_int_equal(script_result.counter.left, 3);
}

static void test_no_pin_to_a_card_without_the_application(void **state)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_TEXT, "6A82");
    assert_int_equal(reads_text(false), TOK_NOT_FOUND);
    fake_saw(W_OPEN " " C_TEXT " end");
    assert_int_equal(script_result.outcome, VERIFY_NOT_SENT);
}

/* Nor where it answers as if it had it, and has no such PIN. */
static void test_no_pin_to_an_application_without_one(void **state)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_TEXT, "9000");
    fake_expect(C_EF("0011"), "6A82");
    assert_int_equal(reads_text(false), TOK_REPLY);
    assert_null(strstr(fake_words(), C_VERIFY_TEXT));
}

static void test_no_pin_where_it_is_locked_or_the_last_try_is_spared(
    void **state)
{
    expects_text_query("63C0");
    assert_int_equal(reads_text(false), TOK_PIN_LOCKED);
    expects_text_query("63C1");
    assert_int_equal(reads_text(true), TOK_LAST_TRY);
    assert_null(strstr(fake_words(), C_VERIFY_TEXT));
    assert_int_equal(script_result.outcome, VERIFY_NOT_SENT);
}

static void test_a_wrong_pin_is_sent_once(void **state)
{
    expects_text_query("63C2");
    fake_expect(C_VERIFY_TEXT, "63C1");
    expects_log_out();
    assert_int_equal(reads_text(true), TOK_PIN_WRONG);
    fake_saw(W_OPEN " " C_TEXT " " C_EF("0011") " " C_QUERY " " C_VERIFY_TEXT
                                                " " C_ISSUER " end");
    assert_int_equal(script_result.outcome, VERIFY_REFUSED);
    assert_int_equal(script_result.counter.left, 1);
}

/* A card that stays logged in is powered off. */
static void test_a_log_out_that_does_not_work_is_noticed(void **state)
{
    expects_text_query("63C3");
    fake_expect(C_VERIFY_TEXT, "9000");
    fake_expect(C_FILE, FILE_42 "9000");
    expects_log_out();
    fake_expect(C_TEXT, "9000");
    fake_expect(PROBE_TEXT, "FF9000");
    assert_int_equal(reads_text(true), TOK_OK);
    assert_non_null(strstr(fake_words(), "end:unpower"));
}

/* That another application's PIN goes by it proves nothing of this one's. */
static void test_the_log_out_is_checked_beside_a_proven_one(void **state)
{
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    expects_checked_log_out("00B0810001");
    assert_int_equal(jpki_check_pin(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN],
                         true, &script_result),
        TOK_OK);
    fake_forget();
    expects_text_query("63C3");
    fake_expect(C_VERIFY_TEXT, "9000");
    expects_text_log_out();
    assert_int_equal(jpki_check_pin(card, jpki_role(JPKI_TEXT), pins[JPKI_TEXT],
                         true, &script_result),
        TOK_OK);
    assert_non_null(strstr(fake_words(), PROBE_TEXT));
}

static void test_the_pin_is_checked_and_changed_in_its_application(void **state)
{
    expects_text_query("63C3");
    fake_expect(C_VERIFY_TEXT, "9000");
    expects_text_log_out();
    assert_int_equal(jpki_check_pin(card, jpki_role(JPKI_TEXT), pins[JPKI_TEXT],
                         true, &script_result),
        TOK_OK);
    fake_forget();
    expects_text_query("63C3");
    fake_expect(C_VERIFY_TEXT, "9000");
    fake_expect("002401800431323334", "9000");
    expects_log_out();
    assert_int_equal(
        jpki_change_pin(card, jpki_role(JPKI_TEXT), pins[JPKI_TEXT],
            pins[JPKI_AUTH], true, &script_result),
        TOK_OK);
    fake_saw(W_AGAIN " " C_TEXT " " C_EF("0011") " " C_QUERY " " C_VERIFY_TEXT
                                                 " 002401800431323334 " C_ISSUER
                                                 " end");
}

/* Afterwards JPKI is selected again, as in each transaction. */
static void test_jpki_is_itself_again_afterwards(void **state)
{
    struct retry_counter counter;

    expects_text_query("63C3");
    assert_int_equal(
        jpki_retry_counter(card, jpki_role(JPKI_TEXT), &counter), TOK_OK);
    assert_true(counter.known);
    fake_forget();
    expects_query(JPKI_AUTH, "63C2");
    assert_int_equal(
        jpki_retry_counter(card, jpki_role(JPKI_AUTH), &counter), TOK_OK);
    fake_saw(W_AGAIN " " C_EF("0018") " " C_QUERY " end");
    assert_int_equal(counter.left, 2);
}

/* The file of LEN bytes in all, of zeros but for its header. */
static const char *part(size_t len, size_t offset, size_t size)
{
    static char texts[4][2 * 258 + 1];
    static size_t next;
    const uint8_t header[] = {
        0xFF, 0x20, 0x82, (uint8_t)((len - 5) >> 8), (uint8_t)(len - 5)};
    char *text = texts[next++ % COUNT(texts)];
    size_t i;

    for (i = 0; i < size; i++)
        sprintf(text + 2 * i, "%02X",
            offset + i < sizeof header ? (unsigned)header[offset + i] : 0u);
    strcpy(text + 2 * size, "9000");
    return text;
}

static void test_a_long_file_is_read_to_its_end(void **state)
{
    expects_text_query("63C3");
    fake_expect(C_VERIFY_TEXT, "9000");
    fake_expect(C_FILE, part(600, 0, 256));
    fake_expect("00B0010000", part(600, 256, 256));
    fake_expect("00B0020058", part(600, 512, 88));
    expects_text_log_out();
    assert_int_equal(reads_text(true), TOK_OK);
    assert_int_equal(file.len, 600);
}

static void test_what_is_no_such_file_is_refused(void **state)
{
    static const char *const answers[] = {"6A82", "6B00", "9000", "FF9000",
        "FF10023132"
        "9000",
        "FF2083000001009000", "FF20829000", "FF2082FFFF009000",
        "FF20800000"
        "9000",
        "FF20057F7F"
        "9000" /* it ends before its object does */};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        expects_text_query("63C3");
        fake_expect(C_VERIFY_TEXT, "9000");
        fake_expect(C_FILE, answers[i]);
        if (strlen(answers[i]) == 4 && strcmp(answers[i], "9000") != 0) {
            fake_expect(C_EF("0002"), "9000");
            fake_expect("00B0000000", answers[i]);
        }
        if (i == 0)
            expects_text_log_out();
        else
            expects_log_out();
        assert_int_equal(reads_text(true), TOK_REPLY);
    }
}

static bool parses(const char *hex, struct text_data *ret_data)
{
    uint8_t bytes[512];
    size_t len = fake_bytes(hex, bytes, sizeof bytes);

    return text_parse(bytes, len, ret_data);
}

static void test_the_fields_of_the_file(void **state)
{
    struct text_data data;

    assert_true(parses(FILE_42, &data));
    assert_string_equal(data.name, "A");
    assert_string_equal(data.address, "BC");
    assert_string_equal(data.birth_date, "19800217");
    assert_string_equal(data.sex, "1");
    text_wipe(&data);
    assert_string_equal(data.name, "");
    /* In another order, with what is not known, and one missing. */
    assert_true(parses("FF2011DF250132DF7F023030DF22024142DF2300FFFF", &data));
    assert_string_equal(data.name, "AB");
    assert_string_equal(data.address, "");
    assert_string_equal(data.birth_date, "");
    assert_string_equal(data.sex, "2");
}

static void test_malformed_files_give_nothing(void **state)
{
    static const char *const files[] = {"", "FF20", "FF2001", "FF2104DF220141",
        "FF2003DF2201", "FF2004DF220241", "FF2008DF220141DF220142",
        "FF2005DF22024100", "FF2006DF2283000141"};
    struct text_data data;
    size_t i;

    for (i = 0; i < COUNT(files); i++) {
        if (parses(files[i], &data))
            fail_msg("%s", files[i]);
        assert_string_equal(data.name, "");
    }
}

static void test_dates_and_sex_in_other_forms_are_left_out(void **state)
{
    struct text_data data;

    assert_true(parses("FF200BDF2404"
                       "31393830"
                       "DF250141",
        &data));
    assert_string_equal(data.birth_date, "");
    assert_string_equal(data.sex, "");
    assert_true(parses("FF200FDF2408"
                       "313938302D303241"
                       "DF250131",
        &data));
    assert_string_equal(data.birth_date, "");
    assert_string_equal(data.sex, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEXT_TEST(test_the_counter_is_asked_before_the_pin),
        TEXT_TEST(test_no_pin_to_a_card_without_the_application),
        TEXT_TEST(test_no_pin_to_an_application_without_one),
        TEXT_TEST(test_no_pin_where_it_is_locked_or_the_last_try_is_spared),
        TEXT_TEST(test_a_wrong_pin_is_sent_once),
        TEXT_TEST(test_a_log_out_that_does_not_work_is_noticed),
        TEXT_TEST(test_the_log_out_is_checked_beside_a_proven_one),
        TEXT_TEST(test_the_pin_is_checked_and_changed_in_its_application),
        TEXT_TEST(test_jpki_is_itself_again_afterwards),
        TEXT_TEST(test_a_long_file_is_read_to_its_end),
        TEXT_TEST(test_what_is_no_such_file_is_refused),
        cmocka_unit_test(test_the_fields_of_the_file),
        cmocka_unit_test(test_malformed_files_give_nothing),
        cmocka_unit_test(test_dates_and_sex_in_other_forms_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
