/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/token/fake.h"
#include "token/pin_history.h"

/* What a process remembers of PINs, by rule 3 of the PIN rules. */

/* Digests whose first ten bits differ, but for TWIN's, which are X's. */
static const struct pin_digest x = {{0x10, 0x00, 1}}, y = {{0x20, 0x00, 2}},
                               z = {{0x10, 0x40, 3}}, twin = {{0x10, 0x3f, 9}};

static const struct pin_scope scope = {0, 7, "0123456789ABCDE"},
                              other_slot = {1, 7, "0123456789ABCDE"},
                              other_card = {2, 3, "FEDCBA987654321"},
                              next_insertion = {0, 8, "0123456789ABCDE"},
                              next_card = {0, 7, "FEDCBA987654321"};

static int setup(void **state)
{
    unsigned slot;

    fake_reset();
    pin_history_prepare();
    for (slot = 0; slot < PIN_HISTORY_SLOTS; slot++)
        pin_history_forget(slot);
    fake.clock_ms = 10000;
    /* Nothing is recent. */
    while (pin_history_is_of_another_card(&scope, &x) ||
           pin_history_is_of_another_card(&other_card, &x) ||
           pin_history_is_of_another_card(&next_card, &x))
        ;
    return 0;
}

static enum pin_known known(
    const struct pin_scope *where, const struct pin_digest *digest)
{
    return pin_history_find(where, digest).known;
}

static void note_refused(const struct pin_digest *digest)
{
    pin_history_note_wrong(&scope, digest, PIN_KNOWN_WRONG, 0);
}

static void test_a_wrong_pin_is_known_in_its_slot_and_card(void **state)
{
    assert_int_equal(known(&scope, &x), PIN_UNKNOWN);
    note_refused(&x);
    assert_int_equal(known(&scope, &x), PIN_KNOWN_WRONG);
    assert_int_equal(known(&scope, &y), PIN_UNKNOWN);
    assert_int_equal(known(&scope, &twin), PIN_UNKNOWN);
    assert_int_equal(known(&other_slot, &x), PIN_UNKNOWN);
    assert_int_equal(known(&other_card, &x), PIN_UNKNOWN);
    assert_true(pin_history_is_wrong_elsewhere(&other_card, &x));
    assert_false(pin_history_is_wrong_elsewhere(&scope, &x));
    pin_history_release(&scope, &x);
    assert_int_equal(known(&scope, &x), PIN_UNKNOWN);
}

static void test_a_removal_ends_it(void **state)
{
    note_refused(&x);
    pin_history_forget(scope.slot);
    assert_int_equal(known(&scope, &x), PIN_UNKNOWN);
    note_refused(&x);
    assert_int_equal(known(&next_insertion, &x), PIN_UNKNOWN);
    assert_int_equal(known(&scope, &x), PIN_UNKNOWN);
    note_refused(&x);
    assert_int_equal(known(&next_card, &x), PIN_UNKNOWN);
}

static void test_it_outlives_the_acceptance_of_another_pin(void **state)
{
    note_refused(&x);
    pin_history_note_accepted(&scope, &y);
    assert_int_equal(known(&scope, &x), PIN_KNOWN_WRONG);
    pin_history_note_accepted(&scope, &x);
    assert_int_equal(known(&scope, &x), PIN_UNKNOWN);
}

static void test_it_outlives_finalize_in_a_few_bits(void **state)
{
    note_refused(&x);
    pin_history_cut();
    pin_history_prepare();
    assert_int_equal(known(&scope, &x), PIN_KNOWN_WRONG);
    assert_int_equal(known(&scope, &y), PIN_UNKNOWN);
    assert_int_equal(known(&scope, &z), PIN_UNKNOWN);
    /* The bits that are left do not tell all PINs apart. */
    assert_int_equal(known(&scope, &twin), PIN_KNOWN_WRONG);
    assert_true(pin_history_matters());
    pin_history_forget(scope.slot);
    assert_false(pin_history_matters());
}

static void test_a_changed_pin_forgets_all(void **state)
{
    note_refused(&x);
    pin_history_note_accepted(&scope, &y);
    note_refused(&y);
    assert_int_equal(known(&scope, &x), PIN_UNKNOWN);
    assert_int_equal(known(&scope, &y), PIN_KNOWN_WRONG);
    pin_history_note_change(&scope);
    assert_int_equal(known(&scope, &y), PIN_UNKNOWN);
}

static void test_more_wrong_pins_than_a_counter_has_tries(void **state)
{
    struct pin_digest digest = {{0}};
    int i;

    for (i = 1; i <= 7; i++) {
        digest.bytes[0] = (uint8_t)i;
        note_refused(&digest);
    }
    for (i = 1; i <= 7; i++) {
        digest.bytes[0] = (uint8_t)i;
        assert_int_equal(known(&scope, &digest), PIN_KNOWN_WRONG);
    }
}

static void test_a_lost_answer_keeps_the_counter_before(void **state)
{
    struct pin_record record;

    pin_history_note_wrong(&scope, &x, PIN_KNOWN_LOST, 4);
    record = pin_history_find(&scope, &x);
    assert_int_equal(record.known, PIN_KNOWN_LOST);
    assert_int_equal(record.left, 4);
    note_refused(&x);
    assert_int_equal(known(&scope, &x), PIN_KNOWN_WRONG);
}

static void test_the_same_bytes_again(void **state)
{
    struct pin_record record;
    int64_t first;

    note_refused(&x);
    assert_true(pin_history_note_unsent(&scope, &x, &y));
    assert_false(pin_history_note_unsent(&scope, &x, &y));
    assert_true(pin_history_note_unsent(&scope, &x, &z));
    assert_true(pin_history_note_unsent(&scope, NULL, &y));
    pin_history_note_sent(&scope);
    assert_true(pin_history_note_unsent(&scope, NULL, &y));
    record = pin_history_find(&scope, &x);
    first = record.unsent;
    assert_true(first > 0);
    /* The time runs from the first refusal, or retries would extend it. */
    fake.clock_ms += 6000;
    (void)pin_history_note_unsent(&scope, &x, &z);
    record = pin_history_find(&scope, &x);
    assert_int_equal(record.unsent, first);
    pin_history_cut();
    assert_true(pin_history_note_unsent(&scope, NULL, &y));
}

static void test_the_pin_of_another_card(void **state)
{
    pin_history_note_accepted(&other_card, &x);
    assert_false(pin_history_is_of_another_card(&other_card, &x));
    assert_false(pin_history_is_of_another_card(&scope, &y));
    assert_true(pin_history_is_of_another_card(&scope, &x));
    /* Refused once only. */
    assert_false(pin_history_is_of_another_card(&scope, &x));
    assert_true(pin_history_is_of_another_card(&other_slot, &x));
    pin_history_note_accepted(&other_card, &x);
    assert_true(pin_history_is_of_another_card(&scope, &x));
}

static void test_two_seconds_later_it_may_go(void **state)
{
    pin_history_note_accepted(&other_card, &x);
    fake.clock_ms += 2000;
    assert_true(pin_history_is_of_another_card(&scope, &x));
    pin_history_note_accepted(&other_card, &x);
    fake.clock_ms += 2001;
    assert_false(pin_history_is_of_another_card(&scope, &x));
}

static void test_the_pin_of_a_dead_session(void **state)
{
    pin_history_note_dead_session(scope.serial, &x);
    assert_false(pin_history_is_of_another_card(&scope, &x));
    assert_false(pin_history_is_of_another_card(&next_insertion, &x));
    assert_true(pin_history_is_of_another_card(&next_card, &x));
}

static void test_a_forked_child_knows_nothing(void **state)
{
    pid_t child;
    int status = -1;

    note_refused(&x);
    child = fork();
    if (child == 0) {
        pin_history_prepare();
        _exit(known(&scope, &x) == PIN_UNKNOWN ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(known(&scope, &x), PIN_KNOWN_WRONG);
}

static void test_the_salt_stays(void **state)
{
    uint8_t salt[PIN_SALT_SIZE], zero[PIN_SALT_SIZE] = {0};

    memcpy(salt, pin_history_salt(), sizeof salt);
    assert_memory_not_equal(salt, zero, sizeof salt);
    pin_history_cut();
    pin_history_prepare();
    assert_memory_equal(salt, pin_history_salt(), sizeof salt);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_wrong_pin_is_known_in_its_slot_and_card),
        TEST(test_a_removal_ends_it),
        TEST(test_it_outlives_the_acceptance_of_another_pin),
        TEST(test_it_outlives_finalize_in_a_few_bits),
        TEST(test_a_changed_pin_forgets_all),
        TEST(test_more_wrong_pins_than_a_counter_has_tries),
        TEST(test_a_lost_answer_keeps_the_counter_before),
        TEST(test_the_same_bytes_again),
        TEST(test_the_pin_of_another_card),
        TEST(test_two_seconds_later_it_may_go),
        TEST(test_the_pin_of_a_dead_session),
        TEST(test_a_forked_child_knows_nothing),
        TEST(test_the_salt_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
