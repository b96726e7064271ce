/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* How a program that wants the card all the time leaves it to others. */

/* COUNT transactions of MS milliseconds, one upon the other. */
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

static void leaves_the_card_to_others_after_a_second(void **state)
{
    unsigned slept;

    (void)state;
    keeps_going(10, 100);
    assert_int_equal(fake.slept_ms, 0);
    keeps_going(1, 100);
    /* All who wait ask every 200 ms. */
    assert_in_range(fake.slept_ms, 201, 300);
    slept = fake.slept_ms;
    keeps_going(9, 100);
    assert_int_equal(fake.slept_ms, slept);
}

static void needs_no_break_when_it_has_had_one(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < 20; i++) {
        keeps_going(1, 500);
        fake.clock_ms += 300;
    }
    assert_int_equal(fake.slept_ms, 0);
}

static void takes_shorter_turns_where_others_wait(void **state)
{
    (void)state;
    fake.begin_ms = 100;
    keeps_going(1, 100);
    fake.begin_ms = 0;
    keeps_going(1, 100);
    assert_int_equal(fake.slept_ms, 0);
    keeps_going(1, 100);
    assert_in_range(fake.slept_ms, 201, 300);
    /* Nobody was seen for long. */
    fake.clock_ms += 5000;
    fake.slept_ms = 0;
    keeps_going(10, 100);
    assert_int_equal(fake.slept_ms, 0);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_card, teardown_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(leaves_the_card_to_others_after_a_second),
        TEST(needs_no_break_when_it_has_had_one),
        TEST(takes_shorter_turns_where_others_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
