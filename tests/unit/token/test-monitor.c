/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/monitor.h"

/* Readers and cards by the answers of pcscd, valid and not. */

#define CAP 32

static struct monitor *monitor;
static struct reader_state states[CAP];
static size_t count;

static int setup(void **state)
{
    fake_reset();
    return monitor_new(&monitor) == TOK_OK ? 0 : -1;
}

static int teardown(void **state)
{
    monitor_free(monitor);
    return fake.contexts ? -1 : 0;
}

static enum tok_err refresh(void)
{
    return get_states(monitor, states, CAP, &count);
}

static void list(const char *bytes, size_t len)
{
    fake.list = bytes;
    fake.list_len = len;
    fake.list_claim = (DWORD)len;
}

static void test_a_new_monitor_sends_nothing(void **state)
{
    fake_saw("");
}

static void test_sees_a_card(void **state)
{
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 1);
    assert_string_equal(states[0].name, FAKE_READER);
    assert_true(states[0].present);
    assert_false(states[0].mute);
    assert_int_equal(states[0].insertion & 0xFFFF, 7);
    fake_saw("establish list status");
    assert_int_equal(refresh(), TOK_OK);
    fake_saw("list status");
}

static void test_sees_no_card(void **state)
{
    fake.event_state = 8 << 16 | SCARD_STATE_EMPTY;
    assert_int_equal(refresh(), TOK_OK);
    assert_false(states[0].present);
    assert_int_equal(states[0].insertion & 0xFFFF, 8);
}

static void test_sees_a_mute_card(void **state)
{
    fake.event_state = 8 << 16 | SCARD_STATE_PRESENT | SCARD_STATE_MUTE;
    assert_int_equal(refresh(), TOK_OK);
    assert_true(states[0].present);
    assert_true(states[0].mute);
}

static void test_sees_several_readers(void **state)
{
    static const char three[] = "One 00 00\0Two 01 00\0\343\203\252 02\0";

    list(three, sizeof three);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 3);
    assert_string_equal(states[0].name, "One 00 00");
    assert_string_equal(states[1].name, "Two 01 00");
    assert_string_equal(states[2].name, "\343\203\252 02");
    assert_int_equal(get_states(monitor, states, 2, &count), TOK_OK);
    assert_int_equal(count, 2);
}

static void test_sees_no_reader(void **state)
{
    fake_fail(FAKE_LIST, 0, 1, SCARD_E_NO_READERS_AVAILABLE);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 0);
    fake_saw("establish list");
    list("\0", 2);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 0);
    fake_saw("list");
}

/* The list that pcscd gives for 16 readers with the longest names. */
static void test_sees_all_readers_there_can_be(void **state)
{
    static char names[PCSCLITE_MAX_READERS_CONTEXTS * READER_NAME_MAX + 1];
    size_t i;

    memset(names, 'r', sizeof names);
    for (i = 0; i < PCSCLITE_MAX_READERS_CONTEXTS; i++)
        names[i * READER_NAME_MAX + READER_NAME_MAX - 1] = '\0';
    names[sizeof names - 1] = '\0';
    list(names, sizeof names);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, PCSCLITE_MAX_READERS_CONTEXTS);
    assert_int_equal(strlen(states[15].name), READER_NAME_MAX - 1);
}

static void test_more_readers_than_pcscd_has_are_left_out(void **state)
{
    static char many[3 * 40 + 1];
    size_t i;

    for (i = 0; i < 40; i++)
        memcpy(many + 3 * i, "r0", 3);
    list(many, sizeof many);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, PCSCLITE_MAX_READERS_CONTEXTS);
}

static void test_leaves_out_a_name_that_is_too_long(void **state)
{
    static char names[200];

    memset(names, 'x', 128);
    strcpy(names + 129, "Short");
    list(names, 129 + 6 + 1);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 1);
    assert_string_equal(states[0].name, "Short");
    assert_non_null(strstr(fake_log(), "warn"));
}

struct bad_list {
    const char *bytes;
    size_t len;
    DWORD claim;
};

static void test_a_malformed_list_is_refused(void **state)
{
    static const struct bad_list rows[] = {
        {"abc", 3, 3},             /* no NUL */
        {"abc\0", 4, 4},           /* one NUL */
        {"abc\0\0", 5, 100000},    /* more than there is room for */
        {"abc\0\0", 5, (DWORD)-1}, /* much more */
        {"abc\0\0", 5, 4},         /* less than there is */
        {"abc\0\0", 5, 0},
        {"\0abc", 4, 4},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        list(rows[i].bytes, rows[i].len);
        fake.list_claim = rows[i].claim;
        assert_int_not_equal(refresh(), TOK_OK);
        assert_int_equal(count, 0);
    }
    /* The next list is taken. */
    list(FAKE_READER "\0", sizeof FAKE_READER + 1);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 1);
}

static void test_no_service_is_an_error_once(void **state)
{
    fake_fail(FAKE_ESTABLISH, 0, 1, SCARD_E_NO_SERVICE);
    assert_int_equal(refresh(), TOK_NO_SERVICE);
    assert_int_equal(count, 0);
    fake_saw("establish");
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 1);
}

static void test_a_restarted_service_is_another_insertion(void **state)
{
    static const LONG dead[] = {SCARD_F_COMM_ERROR, SCARD_E_NO_SERVICE,
        SCARD_W_SECURITY_VIOLATION, SCARD_E_SERVICE_STOPPED,
        SCARD_E_INVALID_HANDLE};
    uint32_t before;
    size_t i;

    assert_int_equal(refresh(), TOK_OK);
    for (i = 0; i < COUNT(dead); i++) {
        before = states[0].insertion;
        fake_forget();
        fake_fail(FAKE_LIST, fake.counts[FAKE_LIST], 1, dead[i]);
        assert_int_equal(refresh(), TOK_OK);
        fake_saw("list release establish list status");
        assert_int_not_equal(states[0].insertion, before);
        assert_int_equal(states[0].insertion & 0xFFFF, 7);
    }
    before = states[0].insertion;
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(states[0].insertion, before);
    fake_fail(FAKE_STATUS, fake.counts[FAKE_STATUS], 1, SCARD_F_COMM_ERROR);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_not_equal(states[0].insertion, before);
}

static void test_gives_up_on_a_service_that_stays_away(void **state)
{
    assert_int_equal(refresh(), TOK_OK);
    fake_forget();
    fake_fail(FAKE_LIST, 0, 1000, SCARD_E_NO_SERVICE);
    fake_fail(FAKE_ESTABLISH, 0, 1000, SCARD_E_NO_SERVICE);
    assert_int_equal(refresh(), TOK_NO_SERVICE);
    assert_int_equal(count, 0);
    fake_saw("list release establish");
}

static void test_retries_of_a_dying_service_are_limited(void **state)
{
    fake_fail(FAKE_LIST, 0, 1000, SCARD_F_COMM_ERROR);
    assert_int_equal(refresh(), TOK_NO_SERVICE);
    assert_in_range(fake.counts[FAKE_ESTABLISH], 1, 6);
}

static void test_states_are_asked_again_when_a_reader_is_unplugged(void **state)
{
    fake_fail(FAKE_STATUS, 0, 1, SCARD_E_UNKNOWN_READER);
    assert_int_equal(refresh(), TOK_OK);
    assert_int_equal(count, 1);
    fake_saw("establish list status list status");
    fake_fail(FAKE_STATUS, 0, 1000, SCARD_E_UNKNOWN_READER);
    /* That says nothing of the readers: their cards are not given up. */
    assert_int_equal(refresh(), TOK_IO);
    assert_int_equal(count, 0);
}

static void test_state_of_one_reader(void **state)
{
    struct reader_state one;

    assert_int_equal(refresh(), TOK_OK);
    fake_forget();
    memset(&one, 0x5A, sizeof one);
    assert_int_equal(monitor_get_state(monitor, FAKE_READER, &one), TOK_OK);
    assert_string_equal(one.name, FAKE_READER);
    assert_true(one.present);
    assert_int_equal(one.insertion, states[0].insertion);
    fake_saw("status");
}

static void test_an_unplugged_reader_is_unknown(void **state)
{
    struct reader_state one;

    fake_fail(FAKE_STATUS, 0, 1, SCARD_E_UNKNOWN_READER);
    assert_int_equal(
        monitor_get_state(monitor, FAKE_READER, &one), TOK_NO_READER);
    fake.event_state = SCARD_STATE_UNKNOWN | SCARD_STATE_CHANGED;
    assert_int_equal(
        monitor_get_state(monitor, FAKE_READER, &one), TOK_NO_READER);
    assert_false(one.present);
    assert_true(one.asked > 0);
}

static void test_state_of_one_reader_of_a_new_service(void **state)
{
    struct reader_state one;

    assert_int_equal(refresh(), TOK_OK);
    fake_forget();
    fake_fail(FAKE_STATUS, 1, 1, SCARD_F_COMM_ERROR);
    assert_int_equal(monitor_get_state(monitor, FAKE_READER, &one), TOK_OK);
    assert_int_not_equal(one.insertion, states[0].insertion);
    fake_saw("status release establish status");
    fake_fail(FAKE_STATUS, 0, 1000, SCARD_E_NO_SERVICE);
    fake_fail(FAKE_ESTABLISH, 0, 1000, SCARD_E_NO_SERVICE);
    assert_int_equal(
        monitor_get_state(monitor, FAKE_READER, &one), TOK_NO_SERVICE);
}

/* Readers are watched in the state that is known, and new ones too. */
static void test_waits_for_a_change(void **state)
{
    fake.event_state =
        SCARD_STATE_PRESENT | SCARD_STATE_INUSE | SCARD_STATE_CHANGED | 7 << 16;
    assert_int_equal(refresh(), TOK_OK);
    fake_forget();
    assert_int_equal(monitor_wait(monitor, states, count, 500), TOK_OK);
    fake_saw("wait");
    assert_int_equal(fake.waited_ms, 500);
    assert_int_equal(fake.watched, 2);
    assert_string_equal(fake.watch[0].name, FAKE_READER);
    assert_int_equal(fake.watch[0].state, SCARD_STATE_PRESENT | 7 << 16);
    assert_string_equal(fake.watch[1].name, "\\\\?PnP?\\Notification");
}

/* pcscd takes sixteen states, and one is for new readers. */
static void test_waits_for_as_many_as_pcscd_takes(void **state)
{
    struct reader_state many[CAP];
    size_t i;

    memset(many, 0, sizeof many);
    for (i = 0; i < CAP; i++)
        (void)snprintf(many[i].name, sizeof many[i].name, "Fake %zu", i);
    assert_int_equal(monitor_wait(monitor, many, CAP, 500), TOK_OK);
    assert_int_equal(fake.watched, PCSCLITE_MAX_READERS_CONTEXTS);
}

static void test_a_wait_is_cancelled(void **state)
{
    monitor_cancel(monitor);
    fake_saw("");
    fake_fail(FAKE_WAIT, 0, 1, SCARD_E_CANCELLED);
    assert_int_equal(monitor_wait(monitor, states, 0, 500), TOK_OK);
    monitor_cancel(monitor);
    fake_saw("establish wait cancel");
}

static void test_does_not_wait_without_a_service(void **state)
{
    fake_fail(FAKE_WAIT, 0, 1, SCARD_F_COMM_ERROR);
    assert_int_equal(monitor_wait(monitor, states, 0, 500), TOK_NO_SERVICE);
    fake_saw("establish wait release");
    monitor_cancel(monitor);
    fake_forget();
    fake_fail(FAKE_ESTABLISH, 1, 1, SCARD_E_NO_SERVICE);
    assert_int_equal(monitor_wait(monitor, states, 0, 500), TOK_NO_SERVICE);
    fake_saw("establish");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_monitor_sends_nothing),
        TEST(test_sees_a_card),
        TEST(test_sees_no_card),
        TEST(test_sees_a_mute_card),
        TEST(test_sees_several_readers),
        TEST(test_sees_no_reader),
        TEST(test_sees_all_readers_there_can_be),
        TEST(test_more_readers_than_pcscd_has_are_left_out),
        TEST(test_leaves_out_a_name_that_is_too_long),
        TEST(test_a_malformed_list_is_refused),
        TEST(test_no_service_is_an_error_once),
        TEST(test_a_restarted_service_is_another_insertion),
        TEST(test_gives_up_on_a_service_that_stays_away),
        TEST(test_retries_of_a_dying_service_are_limited),
        TEST(test_states_are_asked_again_when_a_reader_is_unplugged),
        TEST(test_state_of_one_reader),
        TEST(test_an_unplugged_reader_is_unknown),
        TEST(test_state_of_one_reader_of_a_new_service),
        TEST(test_waits_for_a_change),
        TEST(test_waits_for_as_many_as_pcscd_takes),
        TEST(test_a_wait_is_cancelled),
        TEST(test_does_not_wait_without_a_service),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
