/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* How a transaction begins and ends, call by call. */

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void begins(void)
{
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    assert_true(fake.in_transaction);
}

static void refuses(enum tok_err err)
{
    assert_int_equal(card_begin(card), err);
    assert_false(fake.in_transaction);
}

static void asks_nothing_before_it_must(void **state)
{
    (void)state;
    card_expect(card, 8);
    card_release(card);
    fake_saw("");
}

static void connects_begins_looks_and_selects(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_saw(W_OPEN " end");
}

static void keeps_the_connection(void **state)
{
    (void)state;
    begins();
    card_end(card);
    begins();
    card_end(card);
    fake_saw(W_OPEN " end " W_AGAIN " end");
}

static void selects_in_every_transaction(void **state)
{
    (void)state;
    keeps_the_connection(state);
    fake_expect(C_JPKI, "6A82");
    refuses(TOK_NOT_JPKI);
}

static void connects_again_after_a_release(void **state)
{
    (void)state;
    begins();
    card_end(card);
    card_release(card);
    begins();
    card_end(card);
    fake_saw(W_OPEN " end disconnect connect " W_AGAIN " end");
}

static void selects_once_more_after_6f00(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "6F00");
    begins();
    card_end(card);
    fake_saw(W_OPEN " " C_JPKI " end");
}

static void gives_up_after_two_6f00(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "6F00");
    fake_expect(C_JPKI, "6F00");
    refuses(TOK_REPLY);
    fake_saw(W_OPEN " " C_JPKI " end");
}

static void takes_a_refused_select_for_another_card(void **state)
{
    static const char *const words[] = {
        "6A82", "6A81", "6A86", "6D00", "6E00", "6999", "6700", "6982", "6300"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(words); i++) {
        fake_expect(C_JPKI, words[i]);
        refuses(TOK_NOT_JPKI);
    }
}

static void takes_other_words_for_a_fault(void **state)
{
    static const char *const words[] = {"0000", "9100", "6F01", "FFFF"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(words); i++) {
        fake_expect(C_JPKI, words[i]);
        refuses(TOK_REPLY);
    }
}

static void sees_another_insertion(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_saw(W_OPEN " end");
    fake.event_state = 8 << 16 | SCARD_STATE_PRESENT;
    refuses(TOK_REMOVED);
    fake_saw("begin status end disconnect");
}

static void sees_an_empty_reader(void **state)
{
    (void)state;
    fake.event_state = 7 << 16 | SCARD_STATE_EMPTY;
    refuses(TOK_REMOVED);
    fake_saw("establish connect begin status end disconnect");
}

/* Generation and counter make up an insertion; pcscd knows the counter only. */
static void compares_the_low_half(void **state)
{
    (void)state;
    card_expect(card, 0x00030007);
    begins();
    card_end(card);
    card_expect(card, 0x00030008);
    refuses(TOK_REMOVED);
}

static void closes_the_connection_to_an_earlier_card(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_forget();
    card_expect(card, 7);
    assert_string_equal(fake_words(), "");
    card_expect(card, 8);
    assert_false(fake.connected);
}

static void takes_note_of_a_reset(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    begins();
    card_end(card);
    fake_saw("begin reconnect power? " W_AGAIN " end");
}

static void powers_up_a_card_that_others_powered_off(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    fake.unpowered = true;
    begins();
    card_end(card);
    fake_saw("begin reconnect power? reconnect:reset " W_AGAIN " end");
}

static void checks_the_card_after_a_reset(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    fake.event_state = 9 << 16 | SCARD_STATE_PRESENT;
    refuses(TOK_REMOVED);
    fake_saw("begin reconnect power? begin status end disconnect");
}

static void bears_many_resets_in_a_row(void **state)
{
    (void)state;
    fake_fail(FAKE_BEGIN, 0, 15, SCARD_W_RESET_CARD);
    begins();
    card_end(card);
    assert_int_equal(fake.counts[FAKE_BEGIN], 16);
}

/* Another one comes while the first is taken note of. */
static void bears_a_reset_after_a_reset(void **state)
{
    static const enum fake_call calls[] = {FAKE_RECONNECT, FAKE_POWER};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(calls); i++) {
        begins();
        card_end(card);
        fake_fail(FAKE_BEGIN, fake.counts[FAKE_BEGIN], 1, SCARD_W_RESET_CARD);
        fake_fail(calls[i], fake.counts[calls[i]], 1, SCARD_W_RESET_CARD);
        begins();
        card_end(card);
    }
}

static void does_not_reconnect_for_ever(void **state)
{
    (void)state;
    fake_fail(FAKE_BEGIN, 0, 1000, SCARD_W_RESET_CARD);
    refuses(TOK_IO);
    assert_in_range(fake.counts[FAKE_RECONNECT], 1, 30);
}

static void sees_the_removal_of_the_card(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_REMOVED_CARD);
    refuses(TOK_REMOVED);
    fake_saw("begin disconnect");
}

/* As a card is that another program left without power. */
/* Another program resets the card while this one connects. */
static void test_connects_to_a_card_that_powers_up(void **state)
{
    static const LONG codes[] = {SCARD_W_UNRESPONSIVE_CARD,
        SCARD_W_UNPOWERED_CARD, SCARD_E_PROTO_MISMATCH};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake_fail(FAKE_CONNECT, fake.counts[FAKE_CONNECT], 2, codes[i]);
        fake_expect(C_JPKI, "9000");
        assert_int_equal(card_begin(card), TOK_OK);
        card_end(card);
        card_release(card);
        fake_forget();
    }
    fake_fail(FAKE_CONNECT, fake.counts[FAKE_CONNECT], 1000,
        SCARD_W_UNRESPONSIVE_CARD);
    assert_int_equal(card_begin(card), TOK_NO_CARD);
}

static void test_reset_without_a_name(void **state)
{
    (void)state;
    fake_fail(FAKE_BEGIN, 0, 2, SCARD_E_PROTO_MISMATCH);
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    assert_int_equal(fake.counts[FAKE_RECONNECT], 2);
    card_end(card);
}

static void waits_two_seconds_at_most(void **state)
{
    (void)state;
    fake_fail(FAKE_CONNECT, 0, 1000, SCARD_E_SHARING_VIOLATION);
    refuses(TOK_BUSY);
    assert_in_range(fake.slept_ms, 1500, 2000);
}

/* Calls that may find out that the context died, with what they lose. */
static void makes_a_new_context_once(void **state)
{
    static const LONG dead[] = {SCARD_F_COMM_ERROR, SCARD_E_NO_SERVICE,
        SCARD_W_SECURITY_VIOLATION, SCARD_E_SERVICE_STOPPED,
        SCARD_E_INVALID_HANDLE};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(dead); i++) {
        card_release(card);
        begins();
        card_end(card);
        card_release(card);
        fake_forget();
        fake_fail(FAKE_CONNECT, fake.counts[FAKE_CONNECT], 1, dead[i]);
        begins();
        card_end(card);
        fake_saw("connect release " W_OPEN " end");
    }
}

static void says_so_when_the_service_is_gone(void **state)
{
    (void)state;
    fake_fail(FAKE_ESTABLISH, 0, 1, SCARD_E_NO_SERVICE);
    refuses(TOK_NO_SERVICE);
    fake_saw("establish");
    begins();
    card_end(card);
    fake_forget();
    fake_fail(FAKE_BEGIN, 0, 1000, SCARD_E_NO_SERVICE);
    fake_fail(FAKE_ESTABLISH, 0, 1000, SCARD_E_NO_SERVICE);
    refuses(TOK_NO_SERVICE);
    fake_saw("begin disconnect release establish");
}

/*
 * pcscd counts from zero after a restart or a replug, so that another card can
 * have the same number.
 */
static void does_not_trust_the_counter_after_a_break(void **state)
{
    static const LONG breaks[] = {SCARD_F_COMM_ERROR, SCARD_E_INVALID_HANDLE,
        SCARD_W_SECURITY_VIOLATION, SCARD_E_NO_SERVICE,
        SCARD_E_SERVICE_STOPPED};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(breaks); i++) {
        begins();
        card_end(card);
        fake_forget();
        fake_fail(FAKE_BEGIN, fake.counts[FAKE_BEGIN], 1, breaks[i]);
        refuses(TOK_REMOVED);
        fake_saw("begin disconnect release establish");
    }
    begins();
    card_end(card);
}

static void does_not_trust_the_counter_after_a_replug(void **state)
{
    (void)state;
    begins();
    card_end(card);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_E_READER_UNAVAILABLE);
    refuses(TOK_NO_READER);
    assert_false(fake.connected);
    refuses(TOK_REMOVED);
    begins();
    card_end(card);
}

static void does_not_trust_the_counter_after_a_broken_end(void **state)
{
    (void)state;
    begins();
    fake_fail(FAKE_END, 0, 1, SCARD_F_COMM_ERROR);
    card_end(card);
    assert_int_equal(fake.contexts, 0);
    refuses(TOK_REMOVED);
    begins();
    card_end(card);
}

static void begins_with_a_new_insertion_after_a_break(void **state)
{
    (void)state;
    begins();
    fake_fail(FAKE_END, 0, 1, SCARD_F_COMM_ERROR);
    card_end(card);
    card_expect(card, 0x00010007);
    begins();
    card_end(card);
}

static void ends_by_disconnecting_where_the_end_fails(void **state)
{
    (void)state;
    begins();
    fake_fail(FAKE_END, 0, 1, SCARD_F_INTERNAL_ERROR);
    card_end(card);
    assert_false(fake.in_transaction);
    fake_saw(W_OPEN " end disconnect");
}

static void needs_a_transaction_for_commands(void **state)
{
    const struct apdu command = {.ins = 0xA4};
    struct response response;

    (void)state;
    assert_int_equal(card_exchange(card, &command, &response), TOK_IO);
    card_end(card);
    fake_saw("");
}

/* Every call fails in every way: nothing stays open, and the next try works. */
static void survives_any_code_of_any_call(void **state)
{
    static const enum fake_call calls[] = {FAKE_ESTABLISH, FAKE_CONNECT,
        FAKE_RECONNECT, FAKE_POWER, FAKE_BEGIN, FAKE_END, FAKE_STATUS,
        FAKE_DISCONNECT, FAKE_RELEASE};
    size_t i;
    unsigned low;

    (void)state;
    card_free(card);
    for (i = 0; i < COUNT(calls); i++)
        for (low = 0; low < 0x70; low++) {
            LONG code = (LONG)(0x80100001 + low);
            enum tok_err err;

            fake_reset();
            assert_int_equal(card_new(FAKE_READER, &card), TOK_OK);
            card_expect(card, 7);
            fake_fail(calls[i], 0, 1, code);
            if (calls[i] == FAKE_RECONNECT || calls[i] == FAKE_POWER)
                fake_fail(FAKE_BEGIN, 0, 1, SCARD_W_RESET_CARD);
            if (code != SCARD_E_SHARING_VIOLATION)
                fake_expect(C_JPKI, "9000");
            fake_expect(C_JPKI, "9000");
            fake_expect(C_JPKI, "9000");
            err = card_begin(card);
            assert_int_equal(err == TOK_OK, fake.in_transaction);
            if (err == TOK_OK)
                card_end(card);
            assert_false(fake.in_transaction);
            card_free(card);
            assert_int_equal(fake.contexts, 0);
            assert_false(fake.connected);
        }
    card = NULL;
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_card, teardown_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_connects_to_a_card_that_powers_up),
        TEST(test_reset_without_a_name),
        TEST(asks_nothing_before_it_must),
        TEST(connects_begins_looks_and_selects),
        TEST(keeps_the_connection),
        TEST(selects_in_every_transaction),
        TEST(connects_again_after_a_release),
        TEST(selects_once_more_after_6f00),
        TEST(gives_up_after_two_6f00),
        TEST(takes_a_refused_select_for_another_card),
        TEST(takes_other_words_for_a_fault),
        TEST(sees_another_insertion),
        TEST(sees_an_empty_reader),
        TEST(compares_the_low_half),
        TEST(closes_the_connection_to_an_earlier_card),
        TEST(takes_note_of_a_reset),
        TEST(powers_up_a_card_that_others_powered_off),
        TEST(checks_the_card_after_a_reset),
        TEST(bears_many_resets_in_a_row),
        TEST(bears_a_reset_after_a_reset),
        TEST(does_not_reconnect_for_ever),
        TEST(sees_the_removal_of_the_card),
        TEST(waits_two_seconds_at_most),
        TEST(makes_a_new_context_once),
        TEST(says_so_when_the_service_is_gone),
        TEST(does_not_trust_the_counter_after_a_break),
        TEST(does_not_trust_the_counter_after_a_replug),
        TEST(does_not_trust_the_counter_after_a_broken_end),
        TEST(begins_with_a_new_insertion_after_a_break),
        TEST(ends_by_disconnecting_where_the_end_fails),
        TEST(needs_a_transaction_for_commands),
        TEST(survives_any_code_of_any_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
