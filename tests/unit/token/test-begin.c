/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* How a transaction begins and ends, call by call. */

static void refuses(enum tok_err err)
{
    assert_int_equal(card_begin(card), err);
    assert_false(fake.in_transaction);
}

static void test_a_new_card_sends_nothing(void **state)
{
    card_expect(card, 8);
    card_release(card);
    fake_saw("");
}

static void test_connects_begins_checks_and_selects(void **state)
{
    begins_and_ends();
    fake_saw(W_OPEN " end");
}

static void test_the_connection_is_kept(void **state)
{
    begins_and_ends();
    begins_and_ends();
    fake_saw(W_OPEN " end " W_AGAIN " end");
}

static void test_selects_in_every_transaction(void **state)
{
    test_the_connection_is_kept(state);
    fake_expect(C_JPKI, "6A82");
    refuses(TOK_NOT_JPKI);
}

static void test_connects_again_after_a_release(void **state)
{
    begins_and_ends();
    card_release(card);
    begins_and_ends();
    fake_saw(W_OPEN " end disconnect connect " W_AGAIN " end");
}

static void test_selects_once_more_after_6f00(void **state)
{
    fake_expect(C_JPKI, "6F00");
    begins_and_ends();
    fake_saw(W_OPEN " " C_JPKI " end");
}

static void test_gives_up_after_two_6f00(void **state)
{
    fake_expect(C_JPKI, "6F00");
    fake_expect(C_JPKI, "6F00");
    refuses(TOK_REPLY);
    fake_saw(W_OPEN " " C_JPKI " end");
}

static void test_a_refused_select_is_not_jpki(void **state)
{
    static const char *const words[] = {
        "6A82", "6A81", "6A86", "6D00", "6E00", "6999", "6700", "6982", "6300"};
    size_t i;

    for (i = 0; i < COUNT(words); i++) {
        fake_expect(C_JPKI, words[i]);
        refuses(TOK_NOT_JPKI);
    }
}

static void test_other_status_words_are_errors(void **state)
{
    static const char *const words[] = {"0000", "9100", "6F01", "FFFF"};
    size_t i;

    for (i = 0; i < COUNT(words); i++) {
        fake_expect(C_JPKI, words[i]);
        refuses(TOK_REPLY);
    }
}

static void test_sees_another_insertion(void **state)
{
    begins_and_ends();
    fake_saw(W_OPEN " end");
    fake.event_state = 8 << 16 | SCARD_STATE_PRESENT;
    refuses(TOK_REMOVED);
    fake_saw("begin status status end disconnect");
}

/* libpcsclite saw half of a change in its table of readers. */
static void test_a_torn_counter_is_no_removal(void **state)
{
    begins_and_ends();
    fake_saw(W_OPEN " end");
    fake.torn_states = 1;
    begins_and_ends();
    fake_saw("begin status status " C_JPKI " end");
}

static void test_sees_an_empty_reader(void **state)
{
    fake.event_state = 7 << 16 | SCARD_STATE_EMPTY;
    refuses(TOK_REMOVED);
    fake_saw("establish connect begin status status end disconnect");
}

/* Generation and counter make up an insertion; pcscd knows the counter only. */
static void test_insertions_are_compared_by_their_low_half(void **state)
{
    card_expect(card, 0x00030007);
    begins_and_ends();
    card_expect(card, 0x00030008);
    refuses(TOK_REMOVED);
}

static void test_closes_the_connection_to_an_earlier_card(void **state)
{
    begins_and_ends();
    fake_forget();
    card_expect(card, 7);
    assert_string_equal(fake_words(), "");
    card_expect(card, 8);
    assert_false(fake.connected);
}

static void test_reconnects_after_a_reset(void **state)
{
    begins_and_ends();
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    begins_and_ends();
    fake_saw("begin reconnect power? " W_AGAIN " end");
}

static void test_powers_up_a_card_that_others_powered_off(void **state)
{
    begins_and_ends();
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    fake.unpowered = true;
    begins_and_ends();
    fake_saw("begin reconnect power? reconnect:reset " W_AGAIN " end");
}

static void test_checks_the_card_after_a_reset(void **state)
{
    begins_and_ends();
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    fake.event_state = 9 << 16 | SCARD_STATE_PRESENT;
    refuses(TOK_REMOVED);
    fake_saw("begin reconnect power? begin status status end disconnect");
}

static void test_many_resets_in_a_row_are_retried(void **state)
{
    fake_fail(FAKE_BEGIN, 0, 15, SCARD_W_RESET_CARD);
    begins_and_ends();
    assert_int_equal(fake.counts[FAKE_BEGIN], 16);
}

/* A second reset while the program reconnects after the first. */
static void test_a_reset_during_the_reconnect_is_retried(void **state)
{
    static const enum fake_call calls[] = {FAKE_RECONNECT, FAKE_POWER};
    size_t i;

    for (i = 0; i < COUNT(calls); i++) {
        begins_and_ends();
        fake_fail(FAKE_BEGIN, fake.counts[FAKE_BEGIN], 1, SCARD_W_RESET_CARD);
        fake_fail(calls[i], fake.counts[calls[i]], 1, SCARD_W_RESET_CARD);
        begins_and_ends();
    }
}

static void test_reconnects_are_limited(void **state)
{
    fake_fail(FAKE_BEGIN, 0, 1000, SCARD_W_RESET_CARD);
    refuses(TOK_IO);
    assert_in_range(fake.counts[FAKE_RECONNECT], 1, 30);
}

static void test_sees_the_removal_of_the_card(void **state)
{
    begins_and_ends();
    fake_saw(W_OPEN " end");
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_REMOVED_CARD);
    refuses(TOK_REMOVED);
    fake_saw("begin disconnect");
}

/* Another program resets the card while this one connects. */
static void test_connects_to_a_card_that_powers_up(void **state)
{
    static const LONG codes[] = {SCARD_W_UNRESPONSIVE_CARD,
        SCARD_W_UNPOWERED_CARD, SCARD_E_PROTO_MISMATCH};
    size_t i;

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
    fake_fail(FAKE_BEGIN, 0, 2, SCARD_E_PROTO_MISMATCH);
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    assert_int_equal(fake.counts[FAKE_RECONNECT], 2);
    card_end(card);
}

/* A command finds the connection without a protocol: it needs a new one. */
static void test_connects_again_after_a_reset_without_a_name(void **state)
{
    const struct apdu command = {.ins = 0xA4};
    struct response response;

    begins();
    fake_expect_code("00A40000", SCARD_E_PROTO_MISMATCH);
    assert_int_equal(card_exchange(card, &command, &response), TOK_IO);
    card_end(card);
    assert_false(fake.connected);
    fake_forget();
    begins_and_ends();
}

/* Another program left the card without power. */
static void test_waits_two_seconds_at_most(void **state)
{
    fake_fail(FAKE_CONNECT, 0, 1000, SCARD_E_SHARING_VIOLATION);
    refuses(TOK_BUSY);
    assert_in_range(fake.slept_ms, 1500, 2000);
}

/* SCardConnect finds the context dead. */
static void test_makes_a_new_context_once(void **state)
{
    static const LONG dead[] = {SCARD_F_COMM_ERROR, SCARD_E_NO_SERVICE,
        SCARD_W_SECURITY_VIOLATION, SCARD_E_SERVICE_STOPPED,
        SCARD_E_INVALID_HANDLE};
    size_t i;

    for (i = 0; i < COUNT(dead); i++) {
        card_release(card);
        begins_and_ends();
        card_release(card);
        fake_forget();
        fake_fail(FAKE_CONNECT, fake.counts[FAKE_CONNECT], 1, dead[i]);
        begins_and_ends();
        fake_saw("connect release " W_OPEN " end");
    }
}

static void test_no_service_is_reported(void **state)
{
    fake_fail(FAKE_ESTABLISH, 0, 1, SCARD_E_NO_SERVICE);
    refuses(TOK_NO_SERVICE);
    fake_saw("establish");
    begins_and_ends();
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
static void test_insertion_is_not_trusted_after_a_new_context(void **state)
{
    static const LONG breaks[] = {SCARD_F_COMM_ERROR, SCARD_E_INVALID_HANDLE,
        SCARD_W_SECURITY_VIOLATION, SCARD_E_NO_SERVICE,
        SCARD_E_SERVICE_STOPPED};
    size_t i;

    for (i = 0; i < COUNT(breaks); i++) {
        begins_and_ends();
        fake_forget();
        fake_fail(FAKE_BEGIN, fake.counts[FAKE_BEGIN], 1, breaks[i]);
        refuses(TOK_REMOVED);
        fake_saw("begin disconnect release establish");
    }
    begins_and_ends();
}

static void test_insertion_is_not_trusted_after_a_replug(void **state)
{
    begins_and_ends();
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_E_READER_UNAVAILABLE);
    refuses(TOK_NO_READER);
    assert_false(fake.connected);
    refuses(TOK_REMOVED);
    begins_and_ends();
}

static void test_insertion_is_not_trusted_after_a_broken_end(void **state)
{
    begins();
    fake_fail(FAKE_END, 0, 1, SCARD_F_COMM_ERROR);
    card_end(card);
    assert_int_equal(fake.contexts, 0);
    refuses(TOK_REMOVED);
    begins_and_ends();
}

static void test_begins_with_a_new_insertion_after_a_new_context(void **state)
{
    begins();
    fake_fail(FAKE_END, 0, 1, SCARD_F_COMM_ERROR);
    card_end(card);
    card_expect(card, 0x00010007);
    begins_and_ends();
}

static void test_ends_by_disconnecting_where_the_end_fails(void **state)
{
    begins();
    fake_fail(FAKE_END, 0, 1, SCARD_F_INTERNAL_ERROR);
    card_end(card);
    assert_false(fake.in_transaction);
    fake_saw("end disconnect");
}

static void test_needs_a_transaction_for_commands(void **state)
{
    const struct apdu command = {.ins = 0xA4};
    struct response response;

    assert_int_equal(card_exchange(card, &command, &response), TOK_IO);
    card_end(card);
    fake_saw("");
}

/* Every call fails in every way: nothing stays open, and the next try works. */
static void test_any_code_of_any_call_leaves_nothing_open(void **state)
{
    static const enum fake_call calls[] = {FAKE_ESTABLISH, FAKE_CONNECT,
        FAKE_RECONNECT, FAKE_POWER, FAKE_BEGIN, FAKE_END, FAKE_STATUS,
        FAKE_DISCONNECT, FAKE_RELEASE};
    size_t i;
    unsigned low;

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(test_a_new_card_sends_nothing),
        CARD_TEST(test_connects_begins_checks_and_selects),
        CARD_TEST(test_the_connection_is_kept),
        CARD_TEST(test_selects_in_every_transaction),
        CARD_TEST(test_connects_again_after_a_release),
        CARD_TEST(test_selects_once_more_after_6f00),
        CARD_TEST(test_gives_up_after_two_6f00),
        CARD_TEST(test_a_refused_select_is_not_jpki),
        CARD_TEST(test_other_status_words_are_errors),
        CARD_TEST(test_sees_another_insertion),
        CARD_TEST(test_a_torn_counter_is_no_removal),
        CARD_TEST(test_sees_an_empty_reader),
        CARD_TEST(test_insertions_are_compared_by_their_low_half),
        CARD_TEST(test_closes_the_connection_to_an_earlier_card),
        CARD_TEST(test_reconnects_after_a_reset),
        CARD_TEST(test_powers_up_a_card_that_others_powered_off),
        CARD_TEST(test_checks_the_card_after_a_reset),
        CARD_TEST(test_many_resets_in_a_row_are_retried),
        CARD_TEST(test_a_reset_during_the_reconnect_is_retried),
        CARD_TEST(test_reconnects_are_limited),
        CARD_TEST(test_sees_the_removal_of_the_card),
        CARD_TEST(test_waits_two_seconds_at_most),
        CARD_TEST(test_makes_a_new_context_once),
        CARD_TEST(test_no_service_is_reported),
        CARD_TEST(test_insertion_is_not_trusted_after_a_new_context),
        CARD_TEST(test_insertion_is_not_trusted_after_a_replug),
        CARD_TEST(test_insertion_is_not_trusted_after_a_broken_end),
        CARD_TEST(test_begins_with_a_new_insertion_after_a_new_context),
        CARD_TEST(test_ends_by_disconnecting_where_the_end_fails),
        CARD_TEST(test_needs_a_transaction_for_commands),
        CARD_TEST(test_any_code_of_any_call_leaves_nothing_open),
        CARD_TEST(test_connects_to_a_card_that_powers_up),
        CARD_TEST(test_reset_without_a_name),
        CARD_TEST(test_connects_again_after_a_reset_without_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
