/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"

#include <string.h>

#include "token/card/card.h"

/* What a caller who is gone is no longer done for. */

static unsigned asked;

/* Called off from the question number *ARG on, counted from 1. */
static bool is_called_off(void *arg)
{
    return ++asked >= *(const unsigned *)arg;
}

static void heeds(unsigned *question)
{
    const struct card_caller caller = {is_called_off, question};

    asked = 0;
    card_heed(card, &caller);
}

static enum tok_err makes_signature(void)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    return jpki_sign(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN], CARD_PKCS1,
        (const uint8_t *)"\xAA\xBB\xCC", 3, sig, &script_result);
}

static void test_the_end_of_anothers_transaction_is_waited_for(void **state)
{
    unsigned question = 10;

    heeds(&question);
    fake_fail(FAKE_CONTROL, 0, 3, SCARD_E_SHARING_VIOLATION);
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
    fake_saw(
        "establish connect control control control control begin status " C_JPKI
        " end");
}

static void test_the_wait_for_another_program_is_called_off(void **state)
{
    unsigned question = 3;

    heeds(&question);
    fake_fail(FAKE_CONTROL, 0, 1000, SCARD_E_SHARING_VIOLATION);
    assert_int_equal(card_begin(card), TOK_CANCELLED);
    fake_saw("establish connect control control control");
    assert_in_range(fake.slept_ms, 1, 2 * 200);
}

static void test_no_pin_is_sent_once_it_is_called_off(void **state)
{
    unsigned question = 1;

    logs_in_to_sign();
    fake_forget();
    heeds(&question);
    expects_query(JPKI_SIGN, "63C5");
    assert_int_equal(makes_signature(), TOK_CANCELLED);
    assert_int_equal(script_result.outcome, VERIFY_NOT_SENT);
    fake_saw("control " W_AGAIN " " C_EF("001B") " " C_QUERY " end");
}

static void test_no_signature_is_made_once_it_is_called_off(void **state)
{
    unsigned question = 2;

    logs_in_to_sign();
    fake_forget();
    heeds(&question);
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    expects_log_out();
    assert_int_equal(makes_signature(), TOK_CANCELLED);
    assert_int_equal(script_result.outcome, VERIFY_ACCEPTED);
}

static void test_nobody_calls_off_what_comes_after(void **state)
{
    unsigned question = 1;

    heeds(&question);
    card_heed(card, NULL);
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
    assert_int_equal(asked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIN_TEST(test_the_end_of_anothers_transaction_is_waited_for),
        PIN_TEST(test_the_wait_for_another_program_is_called_off),
        PIN_TEST(test_no_pin_is_sent_once_it_is_called_off),
        PIN_TEST(test_no_signature_is_made_once_it_is_called_off),
        PIN_TEST(test_nobody_calls_off_what_comes_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
