/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* Breaks that leave the card to other programs. */

/* COUNT transactions of MS milliseconds, one after another. */
static void keeps_going(unsigned count, unsigned ms)
{
    while (count-- > 0) {
        fake_expect(C_JPKI, "9000");
        assert_int_equal(card_begin(card), TOK_OK);
        fake.clock_ms += ms;
        card_end(card);
        fake_forget();
    }
}

static void test_break_for_other_programs(void **state)
{
    unsigned slept;

    keeps_going(10, 100);
    assert_int_equal(fake.slept_ms, 0);
    keeps_going(1, 100);
    /* Waiting programs ask every 200 ms. */
    assert_in_range(fake.slept_ms, 201, 300);
    slept = fake.slept_ms;
    keeps_going(9, 100);
    assert_int_equal(fake.slept_ms, slept);
}

static void test_no_break_after_a_pause(void **state)
{
    unsigned i;

    for (i = 0; i < 20; i++) {
        keeps_going(1, 500);
        fake.clock_ms += 300;
    }
    assert_int_equal(fake.slept_ms, 0);
}

static void test_shorter_turns_where_others_wait(void **state)
{
    fake.begin_ms = 100;
    keeps_going(1, 100);
    fake.begin_ms = 0;
    keeps_going(1, 100);
    assert_int_equal(fake.slept_ms, 0);
    keeps_going(1, 100);
    assert_in_range(fake.slept_ms, 201, 300);
    /* No other program had the card for long. */
    fake.clock_ms += 5000;
    fake.slept_ms = 0;
    keeps_going(10, 100);
    assert_int_equal(fake.slept_ms, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(test_break_for_other_programs),
        CARD_TEST(test_no_break_after_a_pause),
        CARD_TEST(test_shorter_turns_where_others_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
