/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"

#include <string.h>

/* Log-in and retry counter, and by which commands. */

static void test_a_readable_certificate_is_read_before_the_pin(void **state)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_CERT, cert_part(300, 0, 256));
    fake_expect("00B001002C", cert_part(300, 256, 44));
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C2");
    fake_expect(C_VERIFY_AUTH, "9000");
    fake_expect(C_QUERY, "63C3");
    expects_checked_log_out(probe_auth());
    assert_int_equal(logs_in(JPKI_AUTH, true, false), TOK_OK);
    assert_cert(&script_cert, 300);
    assert_true(script_result.counter.known);
    assert_false(script_result.counter.locked);
    assert_int_equal(script_result.counter.left, 3);
    fake_forget();
    expects_query(JPKI_AUTH, "63C3");
    fake_expect(C_VERIFY_AUTH, "9000");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_AUTH, true, false), TOK_OK);
    fake_saw(W_AGAIN " " C_EF("0018") " " C_QUERY " " C_VERIFY_AUTH " " C_ISSUER
                                      " end");
}

static void test_a_private_certificate_is_read_after_the_pin(void **state)
{
    logs_in_to_sign();
    assert_cert(&script_cert, 300);
    assert_int_equal(script_result.counter.left, 5);
}

static void test_a_certificate_that_needs_the_pin_is_read_after_it(void **state)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_CERT, "6982");
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C3");
    fake_expect(C_VERIFY_AUTH, "9000");
    fake_expect(C_CERT, cert_part(256, 0, 256));
    expects_checked_log_out(probe_auth());
    assert_int_equal(logs_in(JPKI_AUTH, true, true), TOK_OK);
    assert_cert(&script_cert, 256);
}

static void test_a_pin_is_accepted_though_the_certificate_is_unreadable(
    void **state)
{
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN_CERT, "6F00");
    fake_expect(C_EF("0001"), "9000");
    fake_expect("00B0000000", "6F00");
    fake_expect("00B0000000", "6F00");
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_REPLY);
    assert_int_equal(script_result.outcome, VERIFY_ACCEPTED);
    assert_int_equal(script_cert.state, JPKI_CERT_UNREAD);
    assert_int_equal(script_result.counter.left, 5);
}

static void test_sends_nothing_to_a_locked_pin(void **state)
{
    static const char *const answers[] = {"63C0", "6983", "6984"};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        expects_query(JPKI_SIGN, answers[i]);
        assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_LOCKED);
        assert_true(script_result.counter.known);
        assert_true(script_result.counter.locked);
        assert_null(strstr(fake_words(), C_ISSUER));
    }
}

static void test_the_last_try_is_spared_where_configured(void **state)
{
    expects_query(JPKI_SIGN, "63C1");
    assert_int_equal(logs_in(JPKI_SIGN, false, true), TOK_LAST_TRY);
    assert_int_equal(script_result.counter.left, 1);
    assert_int_equal(script_result.outcome, VERIFY_NOT_SENT);
    expects_query(JPKI_SIGN, "63C1");
    fake_expect(C_VERIFY_SIGN, "63C0");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_LOCKED);
    assert_true(script_result.counter.locked);
    expects_query(JPKI_SIGN, "63C2");
    fake_expect(C_VERIFY_SIGN, "63C1");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_SIGN, false, true), TOK_PIN_WRONG);
    assert_int_equal(script_result.counter.left, 1);
}

/* A transaction whose VERIFY gets no answer; the counter stands at BEFORE. */
static void expects_lost_verify(const char *before)
{
    expects_query(JPKI_SIGN, before);
    fake_expect_code(C_VERIFY_SIGN, SCARD_E_NOT_TRANSACTED);
    expects_checked_log_out("00B0810001");
}

static void test_a_lost_answer_is_settled_by_the_counter(void **state)
{
    /* Full: the PIN was accepted or never arrived. */
    expects_lost_verify("63C5");
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "63C4");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_WRONG);
    assert_int_equal(script_result.outcome, VERIFY_REFUSED);
    /* Lower: it was refused, and is not sent again. */
    expects_lost_verify("63C3");
    expects_query(JPKI_SIGN, "63C2");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_WRONG);
    assert_int_equal(script_result.outcome, VERIFY_REFUSED);
    assert_int_equal(script_result.counter.left, 2);
}

/* One of two readings may be wrong, and the PIN have been refused. */
static void test_a_counter_that_is_not_full_settles_nothing(void **state)
{
    static const char *const readings[] = {"63C2", "63C3", "63C4"};
    size_t i, k;

    for (k = 0; k < COUNT(readings); k++) {
        expects_lost_verify("63C2");
        for (i = 0; i < 5; i++)
            expects_query(JPKI_SIGN, readings[k]);
        assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_IO);
        assert_int_equal(script_result.outcome, VERIFY_UNKNOWN);
    }
}

/* Full: it was accepted, or never arrived. */
static void test_a_full_counter_settles(void **state)
{
    expects_lost_verify("63C2");
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "63C4");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_WRONG);
}

/* Of a card with more tries than the role has: lower is lower. */
static void test_a_lower_counter_is_a_refusal_above_the_usual_maximum(
    void **state)
{
    expects_lost_verify("63C7");
    expects_query(JPKI_SIGN, "63C6");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_WRONG);
    assert_int_equal(script_result.outcome, VERIFY_REFUSED);
    assert_int_equal(script_result.counter.left, 6);
}

static void test_a_verify_is_repeated_once_at_most(void **state)
{
    expects_lost_verify("63C5");
    expects_lost_verify("63C5");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_IO);
    assert_int_equal(script_result.outcome, VERIFY_UNKNOWN);
    assert_true(script_result.counter.known);
    assert_int_equal(script_result.counter.left, 5);
}

/* 9000, and a try less: that PIN costs no second one. */
static void test_an_acceptance_that_cost_a_try_is_not_repeated(void **state)
{
    int i;

    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect_code(C_SIGN_CERT, SCARD_E_NOT_TRANSACTED);
    expects_checked_log_out("00B0810001");
    for (i = 0; i < 5; i++)
        expects_query(JPKI_SIGN, "63C4");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_IO);
    assert_int_equal(script_result.outcome, VERIFY_ACCEPTED);
}

static void test_without_a_counter_a_lost_answer_stays_open(void **state)
{
    int i;

    expects_query(JPKI_SIGN, "6700");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "6700");
    fake_expect_code(C_VERIFY_SIGN, SCARD_E_NOT_TRANSACTED);
    expects_checked_log_out("00B0810001");
    for (i = 0; i < 5; i++) {
        expects_query(JPKI_SIGN, "6700");
    }
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_IO);
    assert_int_equal(script_result.outcome, VERIFY_UNKNOWN);
    assert_false(script_result.counter.known);
}

static void test_sends_no_pin_without_its_file(void **state)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0018"), "6A82");
    script_cert.state = JPKI_CERT_TAKEN;
    assert_int_equal(logs_in(JPKI_AUTH, true, false), TOK_REPLY);
    fake_saw(W_OPEN " " C_EF("0018") " end");
}

static void test_retry_counter_alone(void **state)
{
    expects_query(JPKI_AUTH, "63C1");
    assert_int_equal(
        jpki_retry_counter(card, jpki_role(JPKI_AUTH), &script_result.counter),
        TOK_OK);
    assert_int_equal(script_result.counter.left, 1);
    fake_saw(W_OPEN " " C_EF("0018") " " C_QUERY " end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIN_TEST(test_a_readable_certificate_is_read_before_the_pin),
        PIN_TEST(test_a_private_certificate_is_read_after_the_pin),
        PIN_TEST(test_a_certificate_that_needs_the_pin_is_read_after_it),
        PIN_TEST(test_a_pin_is_accepted_though_the_certificate_is_unreadable),
        PIN_TEST(test_sends_nothing_to_a_locked_pin),
        PIN_TEST(test_the_last_try_is_spared_where_configured),
        PIN_TEST(test_a_lost_answer_is_settled_by_the_counter),
        PIN_TEST(test_a_counter_that_is_not_full_settles_nothing),
        PIN_TEST(test_a_full_counter_settles),
        PIN_TEST(test_a_lower_counter_is_a_refusal_above_the_usual_maximum),
        PIN_TEST(test_a_verify_is_repeated_once_at_most),
        PIN_TEST(test_an_acceptance_that_cost_a_try_is_not_repeated),
        PIN_TEST(test_without_a_counter_a_lost_answer_stays_open),
        PIN_TEST(test_sends_no_pin_without_its_file),
        PIN_TEST(test_retry_counter_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
