/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"
#include "token/card/jpki.h"

/* The retry counter for a call that must not wait for other programs. */

static struct retry_counter counter;
static struct jpki_identity identity = {.issued = {true, true}};

static enum tok_err asks(void)
{
    return jpki_retry_counter_no_wait(
        card, jpki_role(JPKI_AUTH), &identity, &counter);
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

static void test_does_not_connect(void **state)
{
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("");
    used_card(0);
    card_release(card);
    fake_forget();
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("");
}

static void test_an_idle_card_is_asked(void **state)
{
    used_card(0);
    expects_query(JPKI_AUTH, "63C1");
    assert_int_equal(asks(), TOK_OK);
    assert_true(counter.known);
    assert_int_equal(counter.left, 1);
    fake_saw("control " W_AGAIN " " C_EF("0018") " " C_QUERY " end");
}

static void test_does_not_wait_for_a_transaction(void **state)
{
    used_card(0);
    fake_fail(FAKE_CONTROL, 0, 1, SCARD_E_SHARING_VIOLATION);
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("control");
    assert_true(fake.connected);
    /* The transaction has ended. */
    test_an_idle_card_is_asked(state);
}

/* The program that reset the card may keep it: reconnecting would wait. */
static void test_does_not_wait_after_a_reset(void **state)
{
    used_card(0);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    fake_fail(FAKE_CONTROL, 1, 1, SCARD_E_SHARING_VIOLATION);
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("control begin control");
    assert_true(fake.connected);
}

static void test_reconnects_after_a_reset(void **state)
{
    used_card(0);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    expects_query(JPKI_AUTH, "63C3");
    assert_int_equal(asks(), TOK_OK);
    fake_saw("control begin control reconnect power? " W_AGAIN
             " " C_EF("0018") " " C_QUERY " end");
}

static void test_no_break_is_waited_for(void **state)
{
    used_card(0);
    /* Another program had the card before: a short turn. */
    fake.others = true;
    fake.begin_ms = 100;
    used_card(100);
    fake.begin_ms = 0;
    used_card(1200); /* it is time to look for others again, too */
    assert_int_equal(asks(), TOK_BUSY);
    fake_saw("");
    assert_int_equal(fake.slept_ms, 0);
}

/* To look for others takes a new connection, which may wait. */
static void test_does_not_look_for_others(void **state)
{
    used_card(10000);
    expects_query(JPKI_AUTH, "63C1");
    assert_int_equal(asks(), TOK_OK);
    fake_saw("control " W_AGAIN " " C_EF("0018") " " C_QUERY " end");
    assert_int_equal(fake.slept_ms, 0);
}

/* As any call, but without a new context and connection. */
static void test_does_not_connect_to_a_restarted_service(void **state)
{
    used_card(0);
    fake_fail(FAKE_CONTROL, 0, 1, SCARD_E_NO_SERVICE);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_E_NO_SERVICE);
    assert_int_equal(asks(), TOK_NO_SERVICE);
    fake_saw("control begin disconnect release");
}

static void test_sees_the_removal_of_the_card(void **state)
{
    used_card(0);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_REMOVED_CARD);
    assert_int_equal(asks(), TOK_REMOVED);
    fake_saw("control begin disconnect");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(test_does_not_connect),
        CARD_TEST(test_an_idle_card_is_asked),
        CARD_TEST(test_does_not_wait_for_a_transaction),
        CARD_TEST(test_does_not_wait_after_a_reset),
        CARD_TEST(test_reconnects_after_a_reset),
        CARD_TEST(test_no_break_is_waited_for),
        CARD_TEST(test_does_not_look_for_others),
        CARD_TEST(test_does_not_connect_to_a_restarted_service),
        CARD_TEST(test_sees_the_removal_of_the_card),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
