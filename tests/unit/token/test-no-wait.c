/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/jpki.h"

/* The retry counter for a call that must not wait for other programs. */

static struct retry_counter counter;

static enum tok_err asks(void)
{
    return jpki_retry_counter_no_wait(card, jpki_role(JPKI_AUTH), &counter);
}

/* A transaction of TIME milliseconds, which leaves a connection. */
static void used_card(unsigned time)
{
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    fake.clock_ms += time;
    card_end(card);
    fake_forget();
}

static void does_not_connect(void **state)
{
    (void)state;
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("");
    used_card(0);
    card_release(card);
    fake_forget();
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("");
}

static void asks_a_card_that_nobody_uses(void **state)
{
    (void)state;
    used_card(0);
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C1");
    assert_int_equal(asks(), TOK_OK);
    assert_true(counter.known);
    assert_int_equal(counter.left, 1);
    fake_saw("control " W_AGAIN " " C_EF("0018") " " C_QUERY " end");
}

static void does_not_wait_for_a_transaction(void **state)
{
    (void)state;
    used_card(0);
    fake_fail(FAKE_CONTROL, 0, 1, SCARD_E_SHARING_VIOLATION);
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("control");
    assert_true(fake.connected);
    /* It has ended. */
    asks_a_card_that_nobody_uses(state);
}

/* Who resets the card may go on using it: reconnecting waits for that, too. */
static void does_not_wait_after_a_reset(void **state)
{
    (void)state;
    used_card(0);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    fake_fail(FAKE_CONTROL, 1, 1, SCARD_E_SHARING_VIOLATION);
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("control begin control");
    assert_true(fake.connected);
}

static void takes_note_of_a_reset(void **state)
{
    (void)state;
    used_card(0);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C3");
    assert_int_equal(asks(), TOK_OK);
    fake_saw("control begin control reconnect power? " W_AGAIN
             " " C_EF("0018") " " C_QUERY " end");
}

static void makes_no_break(void **state)
{
    (void)state;
    used_card(1500);
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("");
    assert_int_equal(fake.slept_ms, 0);
}

/* What any call finds out this one does as well, but for a new connection. */
static void does_not_look_for_a_service_that_ended(void **state)
{
    (void)state;
    used_card(0);
    fake_fail(FAKE_CONTROL, 0, 1, SCARD_E_NO_SERVICE);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_E_NO_SERVICE);
    assert_int_equal(asks(), TOK_NO_SERVICE);
    fake_saw("control begin disconnect release");
}

static void sees_the_removal_of_the_card(void **state)
{
    (void)state;
    used_card(0);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_REMOVED_CARD);
    assert_int_equal(asks(), TOK_REMOVED);
    fake_saw("control begin disconnect");
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_card, teardown_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(does_not_connect),
        TEST(asks_a_card_that_nobody_uses),
        TEST(does_not_wait_for_a_transaction),
        TEST(does_not_wait_after_a_reset),
        TEST(takes_note_of_a_reset),
        TEST(makes_no_break),
        TEST(does_not_look_for_a_service_that_ended),
        TEST(sees_the_removal_of_the_card),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
