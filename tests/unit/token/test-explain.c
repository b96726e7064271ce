/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/card.h"
#include "token/card/monitor.h"

/* What the log says where there is no card to be had, or only after a while. */

#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint64_t asked;

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

static void begins_and_ends(void)
{
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
}

static void does_not_wait_for_an_exclusive_holder(void **state)
{
    DWORD there = fake.event_state;
    unsigned i;

    (void)state;
    for (i = 0; i < 3; i++) {
        fake.event_state = there | SCARD_STATE_EXCLUSIVE;
        fake_fail(FAKE_CONNECT, fake.counts[FAKE_CONNECT], 1,
            SCARD_E_SHARING_VIOLATION);
        assert_int_equal(card_begin(card), TOK_BUSY);
        assert_int_equal(fake.slept_ms, 0);
        warned(0, "another program holds the card exclusively");
    }
    /* It has let go, and comes again. */
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
static void waits_for_a_card_that_nobody_holds(void **state)
{
    (void)state;
    fake_fail(FAKE_CONNECT, 0, 5, SCARD_E_SHARING_VIOLATION);
    begins_and_ends();
    assert_int_equal(fake.slept_ms, 500);
    assert_int_equal(warnings(), 0);
}

static void says_how_long_others_kept_the_card(void **state)
{
    (void)state;
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

static void says_how_long_connecting_took(void **state)
{
    unsigned i;

    (void)state;
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

/* Also where nothing came of it. */
static void says_how_long_was_waited_for_nothing(void **state)
{
    (void)state;
    fake.begin_ms = 4000;
    fake_fail(FAKE_BEGIN, 0, 1, SCARD_W_REMOVED_CARD);
    assert_int_equal(card_begin(card), TOK_REMOVED);
    warned(0, "waited 4 s for the card");
}

static void explains_a_service_that_is_gone_or_refuses(void **state)
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

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        for (n = 0; n < 3; n++) {
            fake_fail(
                FAKE_ESTABLISH, fake.counts[FAKE_ESTABLISH], 1, rows[i].code);
            assert_int_equal(card_begin(card), TOK_NO_SERVICE);
            warned((unsigned)i, rows[i].words);
        }
        begins_and_ends();
        card_expect(card, 6);
        card_expect(card, 7);
    }
}

static struct monitor *monitor;

/* As many readers as the monitor sees. */
static size_t readers(void)
{
    struct reader_state looks[2];
    size_t count = 4711;

    (void)monitor_get_states(monitor, looks, 2, &count, &asked);
    return count;
}

/* The next look needs a context of its own. */
static void renew_monitor(void)
{
    monitor_free(monitor);
    assert_int_equal(monitor_new(&monitor), TOK_OK);
}

/* Earlier tests saw no readers: that is over. */
static int setup_monitor(void **state)
{
    (void)state;
    fake_reset();
    if (monitor_new(&monitor) != TOK_OK || readers() != 1)
        return -1;
    monitor_free(monitor);
    return monitor_new(&monitor) == TOK_OK ? 0 : -1;
}

static int teardown_monitor(void **state)
{
    (void)state;
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

static void says_nothing_new(void)
{
    unsigned lines = count_words(fake_log(), "\n");

    monitor_explain();
    assert_int_equal(count_words(fake_log(), "\n"), lines);
}

/* Looking says nothing; each reason is logged once. */
static void explains_why_there_are_no_readers(void **state)
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

    (void)state;
    assert_int_equal(readers(), 1);
    says_nothing_new();
    for (i = 0; i < COUNT(rows); i++) {
        renew_monitor();
        fake_fail(rows[i].call, fake.counts[rows[i].call], 1000, rows[i].code);
        assert_int_equal(readers(), 0);
        explains(rows[i].words);
        assert_int_equal(readers(), 0);
        says_nothing_new();
        fake_fail(rows[i].call, 0, 0, SCARD_S_SUCCESS);
    }
}

static void explains_again_after_there_were_readers(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < 3; i++) {
        assert_int_equal(readers(), 1);
        says_nothing_new();
        fake_fail(
            FAKE_LIST, fake.counts[FAKE_LIST], 1, SCARD_E_NO_READERS_AVAILABLE);
        assert_int_equal(readers(), 0);
        explains("no card reader");
    }
}

/* It outlives the monitor: programs initialise the module for each URL. */
static void explains_once_in_a_process(void **state)
{
    (void)state;
    fake_fail(
        FAKE_LIST, fake.counts[FAKE_LIST], 2, SCARD_E_NO_READERS_AVAILABLE);
    assert_int_equal(readers(), 0);
    explains("no card reader");
    renew_monitor();
    assert_int_equal(readers(), 0);
    says_nothing_new();
}

/* By polkit, with either of two codes: which one is a matter of luck. */
static void warns_once_that_pcscd_refuses(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < 6; i++) {
        fake_fail(FAKE_ESTABLISH, fake.counts[FAKE_ESTABLISH], 1,
            i % 2 ? SCARD_E_NO_SERVICE : SCARD_W_SECURITY_VIOLATION);
        assert_int_equal(readers(), 0);
        monitor_explain();
    }
    assert_int_equal(count_words(fake_log(), "polkit"), 1);
    assert_int_equal(count_words(fake_log(), "\n"), 1);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_card, teardown_card)
#define MONITOR_TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_monitor, teardown_monitor)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(does_not_wait_for_an_exclusive_holder),
        TEST(waits_for_a_card_that_nobody_holds),
        TEST(says_how_long_others_kept_the_card),
        TEST(says_how_long_connecting_took),
        TEST(says_how_long_was_waited_for_nothing),
        TEST(explains_a_service_that_is_gone_or_refuses),
        MONITOR_TEST(explains_why_there_are_no_readers),
        MONITOR_TEST(explains_again_after_there_were_readers),
        MONITOR_TEST(explains_once_in_a_process),
        MONITOR_TEST(warns_once_that_pcscd_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
