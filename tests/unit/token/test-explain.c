/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/card.h"
#include "token/card/monitor.h"

/* What the log says where there is no card, or only after a wait. */

static unsigned count_words(const char *text, const char *word)
{
    unsigned n = 0;

    for (; (text = strstr(text, word)); text += strlen(word))
        n++;
    return n;
}

static unsigned warnings(void)
{
    return count_words(fake_log(), "warn: ");
}

/* One more warning, with WORDS and the reader's name. */
static void warned(unsigned before, const char *words)
{
    assert_int_equal(warnings(), before + 1);
    assert_non_null(strstr(fake_log(), words));
    assert_non_null(strstr(fake_log(), "warn: " FAKE_READER ": "));
}

static void test_does_not_wait_for_an_exclusive_holder(void **state)
{
    DWORD there = fake.event_state;
    unsigned i;

    for (i = 0; i < 3; i++) {
        fake.event_state = there | SCARD_STATE_EXCLUSIVE;
        fake_fail(FAKE_CONNECT, fake.counts[FAKE_CONNECT], 1,
            SCARD_E_SHARING_VIOLATION);
        assert_int_equal(card_begin(card), TOK_BUSY);
        assert_int_equal(fake.slept_ms, 0);
        warned(0, "another program holds the card exclusively");
    }
    /* It lets go, and holds the card again later. */
    fake.event_state = there;
    begins_and_ends();
    card_release(card);
    fake.event_state = there | SCARD_STATE_EXCLUSIVE;
    fake_fail(
        FAKE_CONNECT, fake.counts[FAKE_CONNECT], 1, SCARD_E_SHARING_VIOLATION);
    assert_int_equal(card_begin(card), TOK_BUSY);
    warned(1, "exclusively");
}

/* A card without power is refused by the same code. */
static void test_waits_for_a_card_without_power(void **state)
{
    fake_fail(FAKE_CONNECT, 0, 5, SCARD_E_SHARING_VIOLATION);
    begins_and_ends();
    assert_int_equal(fake.slept_ms, 500);
    assert_int_equal(warnings(), 0);
}

static void test_says_how_long_others_kept_the_card(void **state)
{
    begins_and_ends();
    fake.begin_ms = 900;
    begins_and_ends();
    assert_int_equal(warnings(), 0);
    fake.begin_ms = 5100;
    begins_and_ends();
    warned(0, "waited 5 s for the card");
    begins_and_ends();
    assert_int_equal(warnings(), 1);
    fake.begin_ms = 0;
    begins_and_ends();
    fake.begin_ms = 3000;
    begins_and_ends();
    warned(1, "waited 3 s for the card");
}

static void test_says_how_long_connecting_took(void **state)
{
    unsigned i;

    fake.connect_ms = 2000;
    for (i = 0; i < 3; i++) {
        begins_and_ends();
        warned(0, "waited 2 s for the card");
        card_release(card);
    }
    fake.connect_ms = 0;
    begins_and_ends();
    card_release(card);
    fake.connect_ms = 2000;
    begins_and_ends();
    warned(1, "waited 2 s for the card");
}

/* Also where the card is gone afterwards. */
static void test_says_how_long_was_waited_for_nothing(void **state)
{
    fake.begin_ms = 4000;
    fake_fail(FAKE_BEGIN, 0, 1, SCARD_W_REMOVED_CARD);
    assert_int_equal(card_begin(card), TOK_REMOVED);
    warned(0, "waited 4 s for the card");
}

static void test_explains_a_service_that_is_gone_or_refuses(void **state)
{
    static const struct {
        LONG code;
        const char *words;
    } rows[] = {
        {SCARD_E_NO_SERVICE, "systemctl start pcscd.socket"},
        {SCARD_E_SERVICE_STOPPED, "versions"},
        {SCARD_W_SECURITY_VIOLATION, "full"},
    };
    size_t i;
    unsigned n;

    for (i = 0; i < COUNT(rows); i++) {
        for (n = 0; n < 3; n++) {
            fake_fail(
                FAKE_ESTABLISH, fake.counts[FAKE_ESTABLISH], 1, rows[i].code);
            assert_int_equal(card_begin(card), TOK_NO_SERVICE);
            warned((unsigned)i, rows[i].words);
        }
        begins_and_ends();
        reinserts();
    }
}

static struct monitor *monitor;

/* As many readers as the monitor sees. */
static size_t readers(void)
{
    struct reader_state states[2];
    size_t count;

    (void)get_states(monitor, states, 2, &count);
    return count;
}

/* The next question needs a new context. */
static void renew_monitor(void)
{
    monitor_free(monitor);
    assert_int_equal(monitor_new(&monitor), TOK_OK);
}

/* A reader ends what earlier tests left of "logged once". */
static int setup_monitor(void **state)
{
    fake_reset();
    if (monitor_new(&monitor) != TOK_OK || readers() != 1)
        return -1;
    monitor_free(monitor);
    return monitor_new(&monitor) == TOK_OK ? 0 : -1;
}

static int teardown_monitor(void **state)
{
    monitor_free(monitor);
    return fake.contexts ? -1 : 0;
}

/* What was not logged before is one line at level warn, with WORDS. */
static void explains(const char *words)
{
    unsigned lines = count_words(fake_log(), "\n");
    unsigned hits = count_words(fake_log(), words);

    monitor_explain();
    assert_int_equal(count_words(fake_log(), "\n"), lines + 1);
    assert_int_equal(count_words(fake_log(), words), hits + 1);
    monitor_explain();
    assert_int_equal(count_words(fake_log(), "\n"), lines + 1);
    assert_int_equal(count_words(fake_log(), "warn: "), lines + 1);
}

static void logs_nothing_new(void)
{
    unsigned lines = count_words(fake_log(), "\n");

    monitor_explain();
    assert_int_equal(count_words(fake_log(), "\n"), lines);
}

/* Each reason is logged once, and only when asked for. */
static void test_explains_why_there_are_no_readers(void **state)
{
    static const struct {
        enum fake_call call;
        LONG code;
        const char *words;
    } rows[] = {
        {FAKE_ESTABLISH, SCARD_E_NO_SERVICE, "systemctl start pcscd.socket"},
        {FAKE_ESTABLISH, SCARD_E_SERVICE_STOPPED, "versions"},
        {FAKE_ESTABLISH, SCARD_W_SECURITY_VIOLATION, "polkit"},
        {FAKE_ESTABLISH, SCARD_F_INTERNAL_ERROR, "SCARD_F_INTERNAL_ERROR"},
        {FAKE_LIST, SCARD_E_NO_READERS_AVAILABLE, "no card reader"},
        {FAKE_LIST, SCARD_E_NO_MEMORY, "SCARD_E_NO_MEMORY"},
    };
    size_t i;

    assert_int_equal(readers(), 1);
    logs_nothing_new();
    for (i = 0; i < COUNT(rows); i++) {
        renew_monitor();
        fake_fail(rows[i].call, fake.counts[rows[i].call], 1000, rows[i].code);
        assert_int_equal(readers(), 0);
        explains(rows[i].words);
        assert_int_equal(readers(), 0);
        logs_nothing_new();
        fake_fail(rows[i].call, 0, 0, SCARD_S_SUCCESS);
    }
}

static void test_explains_again_after_there_were_readers(void **state)
{
    unsigned i;

    for (i = 0; i < 3; i++) {
        assert_int_equal(readers(), 1);
        logs_nothing_new();
        fake_fail(
            FAKE_LIST, fake.counts[FAKE_LIST], 1, SCARD_E_NO_READERS_AVAILABLE);
        assert_int_equal(readers(), 0);
        explains("no card reader");
    }
}

/* Not again by the next monitor: programs initialise the module per URL. */
static void test_explains_once_in_a_process(void **state)
{
    fake_fail(
        FAKE_LIST, fake.counts[FAKE_LIST], 2, SCARD_E_NO_READERS_AVAILABLE);
    assert_int_equal(readers(), 0);
    explains("no card reader");
    renew_monitor();
    assert_int_equal(readers(), 0);
    logs_nothing_new();
}

/* polkit refuses with either of two codes, by chance. */
static void test_warns_once_that_pcscd_refuses(void **state)
{
    unsigned i;

    for (i = 0; i < 6; i++) {
        fake_fail(FAKE_ESTABLISH, fake.counts[FAKE_ESTABLISH], 1,
            i % 2 ? SCARD_E_NO_SERVICE : SCARD_W_SECURITY_VIOLATION);
        assert_int_equal(readers(), 0);
        monitor_explain();
    }
    assert_int_equal(count_words(fake_log(), "polkit"), 1);
    assert_int_equal(count_words(fake_log(), "\n"), 1);
}

#define MONITOR_TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_monitor, teardown_monitor)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(test_does_not_wait_for_an_exclusive_holder),
        CARD_TEST(test_waits_for_a_card_without_power),
        CARD_TEST(test_says_how_long_others_kept_the_card),
        CARD_TEST(test_says_how_long_connecting_took),
        CARD_TEST(test_says_how_long_was_waited_for_nothing),
        CARD_TEST(test_explains_a_service_that_is_gone_or_refuses),
        MONITOR_TEST(test_explains_why_there_are_no_readers),
        MONITOR_TEST(test_explains_again_after_there_were_readers),
        MONITOR_TEST(test_explains_once_in_a_process),
        MONITOR_TEST(test_warns_once_that_pcscd_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
