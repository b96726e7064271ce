/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"

#include <string.h>

/* Signatures and changes of a PIN, and by which commands. */

static enum tok_err makes_signature(uint8_t *ret_sig)
{
    return jpki_sign(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN], CARD_PKCS1,
        (const uint8_t *)"\xAA\xBB\xCC", 3, ret_sig, &script_result);
}

#define C_SIGN "802A009A03AABBCC00"

static void expects_signature(const char *counter)
{
    expects_query(JPKI_SIGN, counter);
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN, cert_part(1024, 4, 256));
    expects_log_out();
}

static void test_a_signature_takes_six_commands(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE] = {0};
    size_t i;

    logs_in_to_sign();
    fake_forget();
    expects_signature("63C5");
    assert_int_equal(makes_signature(sig), TOK_OK);
    fake_saw(W_AGAIN " " C_EF("001B") " " C_QUERY " " C_VERIFY_SIGN " " C_SIGN
                                      " " C_ISSUER " end");
    for (i = 0; i < sizeof sig; i++)
        assert_int_equal(sig[i], cert_byte(1024, 4 + i));
}

/* The four commands that find out whether the query selects the PIN's file. */
static void expects_proof(const char *after)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0006"), "9000");
    fake_expect(C_QUERY, "6A88");
    fake_expect("0020009B", "63C5");
    fake_expect(C_QUERY, after);
}

static void test_the_query_selects_only_where_that_was_shown(void **state)
{
    static const char *const after[] = {"63C5", "6A88", "63C4"};
    uint8_t sig[CARD_SIGNATURE_SIZE];
    size_t i;

    for (i = 0; i < COUNT(after); i++) {
        card_forget(card);
        logs_in_to_sign();
        memset(&script_cert, 0, sizeof script_cert);
        expects_signature("63C5");
        assert_int_equal(makes_signature(sig), TOK_OK);
        expects_signature("63C5");
        assert_int_equal(makes_signature(sig), TOK_OK);
        expects_proof(after[i]);
        if (i == 0) {
            fake_expect("0020009B", "63C5");
        } else {
            fake_expect(C_EF("001B"), "9000");
            fake_expect(C_QUERY, "63C5");
        }
        fake_expect(C_VERIFY_SIGN, "9000");
        fake_expect(C_SIGN, cert_part(1024, 4, 256));
        expects_log_out();
        assert_int_equal(makes_signature(sig), TOK_OK);
    }
}

static void test_a_held_pin_is_sent_at_a_full_counter_only(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE] = {0x5A};

    expects_query(JPKI_SIGN, "63C4");
    assert_int_equal(makes_signature(sig), TOK_PIN_CHANGED);
    assert_int_equal(script_result.outcome, VERIFY_NOT_SENT);
    assert_int_equal(script_result.counter.left, 4);
    assert_int_equal(sig[0], 0x5A);
}

/* What it says after a right PIN: here a full counter is 2. */
static void test_the_card_tells_what_a_full_counter_is(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    script_cert.state = JPKI_CERT_ABSENT;
    expects_query(JPKI_SIGN, "63C2");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_QUERY, "63C2");
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_OK);
    assert_int_equal(script_result.counter.left, 2);
    expects_signature("63C2");
    assert_int_equal(makes_signature(sig), TOK_OK);
}

static void test_a_card_without_a_counter_is_sent_held_pins(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    script_cert.state = JPKI_CERT_ABSENT;
    expects_query(JPKI_SIGN, "6700");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "6700");
    fake_expect(C_VERIFY_SIGN, "9000");
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, true), TOK_OK);
    assert_non_null(strstr(fake_log(), "does not tell"));
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN, cert_part(1024, 4, 256));
    expects_log_out();
    assert_int_equal(makes_signature(sig), TOK_OK);
}

/* A card that told its counter, and does not now, is sent nothing. */
static void test_an_odd_answer_is_no_missing_counter(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    logs_in_to_sign();
    expects_query(JPKI_SIGN, "6F00");
    assert_int_equal(makes_signature(sig), TOK_REPLY);
    assert_int_equal(script_result.outcome, VERIFY_NOT_SENT);
    expects_query(JPKI_SIGN, "6F00");
    assert_int_equal(logs_in(JPKI_SIGN, false, true), TOK_REPLY);
    assert_int_equal(script_result.outcome, VERIFY_NOT_SENT);
}

static void expects_lost_signature(void)
{
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect_code(C_SIGN, SCARD_E_NOT_TRANSACTED);
    expects_log_out();
}

static void test_a_lost_signature_is_made_once_more(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    logs_in_to_sign();
    expects_lost_signature();
    expects_signature("63C5");
    assert_int_equal(makes_signature(sig), TOK_OK);
}

/* A VERIFY and a signing command: each has one more, and no third. */
static void test_each_lost_answer_has_its_own_repetition(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    logs_in_to_sign();
    expects_query(JPKI_SIGN, "63C5");
    fake_expect_code(C_VERIFY_SIGN, SCARD_E_NOT_TRANSACTED);
    expects_log_out();
    expects_lost_signature();
    expects_signature("63C5");
    assert_int_equal(makes_signature(sig), TOK_OK);

    expects_lost_signature();
    expects_lost_signature();
    assert_int_equal(makes_signature(sig), TOK_IO);
    assert_int_equal(script_result.outcome, VERIFY_ACCEPTED);
}

/* As at any signature: it was mistyped elsewhere, and the log-in ends. */
static void test_no_repetition_at_a_counter_that_is_not_full(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    logs_in_to_sign();
    expects_lost_signature();
    expects_query(JPKI_SIGN, "63C4");
    assert_int_equal(makes_signature(sig), TOK_PIN_CHANGED);
    expects_lost_signature();
    expects_query(JPKI_SIGN, "63C0");
    assert_int_equal(makes_signature(sig), TOK_PIN_LOCKED);
}

static void test_does_not_sign_after_a_wrong_pin(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE] = {0x5A};

    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "63C4");
    expects_log_out();
    assert_int_equal(makes_signature(sig), TOK_PIN_WRONG);
    assert_int_equal(script_result.counter.left, 4);
    assert_int_equal(sig[0], 0x5A);
}

static void test_status_words_of_the_key_are_not_of_the_pin(void **state)
{
    static const char *const answers[] = {"63C1", "63C0", "6983", "6300"};
    const size_t once = 2; /* the others may refuse the short id */
    uint8_t sig[CARD_SIGNATURE_SIZE] = {0x5A};
    size_t i;

    logs_in_to_sign();
    for (i = 0; i < COUNT(answers); i++) {
        expects_query(JPKI_SIGN, "63C5");
        fake_expect(C_VERIFY_SIGN, "9000");
        fake_expect(C_SIGN, answers[i]);
        if (i >= once) {
            fake_expect(C_EF("001A"), "9000");
            fake_expect("802A008003AABBCC00", answers[i]);
        }
        expects_log_out();
        assert_int_equal(makes_signature(sig), TOK_REPLY);
        assert_int_equal(sig[0], 0x5A);
    }
}

static enum tok_err changes(void)
{
    return jpki_change_pin(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN],
        pins[JPKI_SIGN], false, &script_result);
}

#define C_CHANGE "0024018006414243313233"

static void test_a_pin_is_changed(void **state)
{
    expects_query(JPKI_SIGN, "63C2");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_QUERY, "63C5");
    fake_expect(C_CHANGE, "9000");
    expects_checked_log_out("00B0810001");
    assert_int_equal(changes(), TOK_OK);
    assert_int_equal(script_result.counter.left, 5);
}

static void test_changes_nothing_after_a_wrong_pin(void **state)
{
    expects_query(JPKI_SIGN, "63C2");
    fake_expect(C_VERIFY_SIGN, "63C1");
    expects_log_out();
    assert_int_equal(changes(), TOK_PIN_WRONG);
    expects_query(JPKI_SIGN, "63C0");
    assert_int_equal(changes(), TOK_PIN_LOCKED);
}

static void test_says_nothing_of_the_old_pin_when_the_new_is_refused(
    void **state)
{
    static const char *const answers[] = {"63C1", "63C0", "6983", "6A80"};
    size_t i;

    test_a_pin_is_changed(state);
    for (i = 0; i < COUNT(answers); i++) {
        expects_query(JPKI_SIGN, "63C5");
        fake_expect(C_VERIFY_SIGN, "9000");
        fake_expect(C_CHANGE, answers[i]);
        expects_log_out();
        assert_int_equal(changes(), TOK_REPLY);
        assert_int_equal(script_result.counter.left, 5);
    }
}

static void test_a_change_is_never_repeated(void **state)
{
    test_a_pin_is_changed(state);
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect_code(C_CHANGE, SCARD_E_NOT_TRANSACTED);
    expects_log_out();
    assert_int_equal(changes(), TOK_IO);
    assert_int_equal(script_result.outcome, VERIFY_ACCEPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIN_TEST(test_a_signature_takes_six_commands),
        PIN_TEST(test_the_query_selects_only_where_that_was_shown),
        PIN_TEST(test_a_held_pin_is_sent_at_a_full_counter_only),
        PIN_TEST(test_the_card_tells_what_a_full_counter_is),
        PIN_TEST(test_a_card_without_a_counter_is_sent_held_pins),
        PIN_TEST(test_an_odd_answer_is_no_missing_counter),
        PIN_TEST(test_a_lost_signature_is_made_once_more),
        PIN_TEST(test_each_lost_answer_has_its_own_repetition),
        PIN_TEST(test_no_repetition_at_a_counter_that_is_not_full),
        PIN_TEST(test_does_not_sign_after_a_wrong_pin),
        PIN_TEST(test_status_words_of_the_key_are_not_of_the_pin),
        PIN_TEST(test_a_pin_is_changed),
        PIN_TEST(test_changes_nothing_after_a_wrong_pin),
        PIN_TEST(test_a_change_is_never_repeated),
        PIN_TEST(test_says_nothing_of_the_old_pin_when_the_new_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
