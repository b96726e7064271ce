/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* How a program that uses the card all the time leaves it to others. */

/* A transaction of MS milliseconds; what was slept before it. */
static unsigned uses_card(unsigned ms)
{
    unsigned before = fake.slept_ms;

    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    fake.clock_ms += ms;
    card_end(card);
    return fake.slept_ms - before;
}

/* COUNT of them, one after another; what was slept in all. */
static unsigned keeps_going(unsigned count, unsigned ms)
{
    unsigned slept = 0;

    while (count-- > 0) {
        slept += uses_card(ms);
        fake_forget();
    }
    return slept;
}

/* The longest time without a pause of MS milliseconds, in COUNT of LONG ms. */
static unsigned longest_turn(unsigned count, unsigned time, unsigned ms)
{
    unsigned turn = 0, longest = 0;

    while (count-- > 0) {
        if (uses_card(time) >= ms)
            turn = 0;
        turn += time;
        if (turn > longest)
            longest = turn;
        fake_forget();
    }
    return longest;
}

/* For a minute; pauses only for those who cannot be seen: in SCardConnect. */
static void test_alone_pays_two_percent(void **state)
{
    unsigned slept = keeps_going(150, 400);

    assert_in_range(slept, 1, fake.clock_ms * 2 / 100);
}

/* pcscd tries for them every 100 ms. */
static void test_who_waits_for_a_connection_gets_one(void **state)
{
    assert_in_range(longest_turn(150, 400, 101), 0, 7400);
}

/* A program that has just come is pcscd's client before it waits. */
static void test_who_comes_gets_a_connection_soon(void **state)
{
    unsigned i;

    for (i = 0; i < 5; i++) {
        assert_int_equal(keeps_going(4, 400), 0);
        fake.clients++;
        assert_in_range(keeps_going(4, 400), 101, 200);
    }
}

/* One that went within a second, another one behind it. */
static void test_who_comes_after_another_gets_a_connection_soon(void **state)
{
    fake.others = true;
    keeps_going(8, 400);
    fake.others = false;
    fake.clients++;
    assert_in_range(longest_turn(8, 400, 101), 0, 2000);
}

/* Its breaks are long enough for those who come. */
static void test_no_pause_for_who_comes_where_others_are(void **state)
{
    unsigned before, slept = 0, i;

    fake.others = true;
    before = keeps_going(40, 400);
    for (i = 0; i < 40; i++) {
        fake.clients++;
        slept += keeps_going(1, 400);
    }
    assert_in_range(slept, 1, before + 210);
}

/* Who waits for a transaction asks every 200 ms. */
static void test_breaks_where_others_are_connected(void **state)
{
    fake.others = true;
    /* Of those who come at the same time all but one have to wait at first. */
    assert_in_range(longest_turn(4, 400, 201), 0, 1200);
    assert_in_range(longest_turn(150, 400, 201), 0, 2000);
    assert_in_range(fake.slept_ms, 1, fake.clock_ms * 12 / 100);
}

static void test_others_are_seen_when_they_come_and_go(void **state)
{
    keeps_going(4, 400);
    fake.others = true;
    assert_in_range(longest_turn(10, 400, 201), 0, 2800);
    fake.others = false;
    keeps_going(5, 400);
    assert_in_range(keeps_going(50, 400), 0, 20000 / 50 + 105);
}

/* A wait that a call of PC/SC took, and the turn behind it. */
static void expects_a_short_turn(unsigned *wait_ms)
{
    *wait_ms = 100;
    keeps_going(1, 100);
    *wait_ms = 0;
    assert_int_equal(keeps_going(1, 100), 0);
    assert_in_range(keeps_going(1, 100), 350, 399);
}

static void test_shorter_turns_where_others_wait(void **state)
{
    fake.others = true;
    expects_a_short_turn(&fake.begin_ms);
    /* No other program had the card for long. */
    fake.clock_ms += 5000;
    assert_int_equal(keeps_going(8, 100), 0);
}

static void test_a_shorter_turn_after_a_wait_for_the_connection(void **state)
{
    fake.others = true;
    expects_a_short_turn(&fake.connect_ms);
}

/* It was a reset, or the machine was slow. */
static void test_no_break_after_a_wait_for_nobody(void **state)
{
    unsigned i;

    for (i = 0; i < 10; i++) {
        fake.begin_ms = i % 3 == 0 ? 100 : 0;
        assert_int_equal(keeps_going(1, 300), 0);
    }
}

static void test_no_break_after_a_pause(void **state)
{
    unsigned i;

    fake.others = true;
    for (i = 0; i < 20; i++) {
        assert_int_equal(keeps_going(1, 500), 0);
        fake.clock_ms += 300;
    }
}

/* The card of a connection that was dropped to look for others. */
static const uint8_t bytes[] = {1, 2, 3};

static void looks_for_others(void)
{
    fake_expect(C_JPKI, "9000");
    fake_expect("00B0860003", "0102039000");
    card_identify(card, 0x0006, bytes, sizeof bytes);
    assert_int_equal(card_begin(card), TOK_OK);
    fake.clock_ms += 1100;
    card_end(card);
    fake_forget();
}

static void test_a_look_sends_nothing(void **state)
{
    looks_for_others();
    uses_card(0);
    fake_saw("disconnect status connect begin status " C_JPKI " end");
}

/* For so long that the reader may have been plugged in again. */
static void test_the_card_is_compared_after_a_long_look(void **state)
{
    looks_for_others();
    fake.connect_ms = 1000;
    fake_expect(C_JPKI, "9000");
    fake_expect("00B0860003", "0102049000");
    fake_expect("00B0000003", "0102049000");
    assert_int_equal(card_begin(card), TOK_REMOVED);
}

static void test_a_look_sees_another_card(void **state)
{
    looks_for_others();
    fake.event_state = 8 << 16 | SCARD_STATE_PRESENT;
    assert_int_equal(card_begin(card), TOK_REMOVED);
}

static void test_a_look_sees_the_reader_unplugged(void **state)
{
    looks_for_others();
    fake_fail(FAKE_CONNECT, 1, 1, SCARD_E_UNKNOWN_READER);
    assert_int_equal(card_begin(card), TOK_NO_READER);
    /* It is back, and counts from zero. */
    assert_int_equal(card_begin(card), TOK_REMOVED);
}

/* Another program takes the card exclusively in the moment of a look. */
static void test_an_exclusive_holder_is_waited_for(void **state)
{
    looks_for_others();
    fake.event_state |= SCARD_STATE_EXCLUSIVE;
    fake_fail(FAKE_CONNECT, 1, 3, SCARD_E_SHARING_VIOLATION);
    fake_expect(C_JPKI, "9000");
    fake_expect("00B0860003", "0102039000"); /* after so long a look */
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
}

static void test_an_exclusive_holder_is_named(void **state)
{
    looks_for_others();
    fake.event_state |= SCARD_STATE_EXCLUSIVE;
    fake_fail(FAKE_CONNECT, 1, 1000, SCARD_E_SHARING_VIOLATION);
    assert_int_equal(card_begin(card), TOK_BUSY);
    assert_in_range(fake.slept_ms, 1500, 2200);
    assert_non_null(strstr(fake_log(), "holds the card exclusively"));
}

/* The reader's state is not to be had. */
static void test_a_look_that_fails(void **state)
{
    looks_for_others();
    fake_fail(FAKE_STATUS, 1, 1, SCARD_F_INTERNAL_ERROR);
    assert_int_equal(card_begin(card), TOK_IO);
    assert_false(fake.connected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(test_alone_pays_two_percent),
        CARD_TEST(test_who_waits_for_a_connection_gets_one),
        CARD_TEST(test_who_comes_gets_a_connection_soon),
        CARD_TEST(test_who_comes_after_another_gets_a_connection_soon),
        CARD_TEST(test_no_pause_for_who_comes_where_others_are),
        CARD_TEST(test_breaks_where_others_are_connected),
        CARD_TEST(test_others_are_seen_when_they_come_and_go),
        CARD_TEST(test_shorter_turns_where_others_wait),
        CARD_TEST(test_a_shorter_turn_after_a_wait_for_the_connection),
        CARD_TEST(test_no_break_after_a_wait_for_nobody),
        CARD_TEST(test_no_break_after_a_pause),
        CARD_TEST(test_a_look_sends_nothing),
        CARD_TEST(test_the_card_is_compared_after_a_long_look),
        CARD_TEST(test_a_look_sees_another_card),
        CARD_TEST(test_a_look_sees_the_reader_unplugged),
        CARD_TEST(test_an_exclusive_holder_is_waited_for),
        CARD_TEST(test_an_exclusive_holder_is_named),
        CARD_TEST(test_a_look_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
