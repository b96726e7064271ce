/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* Commands that carry a PIN, and the log-out that follows them. */

/* What the cards below answer to a command with a PIN, and what they saw. */
static unsigned pin_word, pin_commands;

/* A card that is logged out whenever it is asked. */
static LONG word_card(const uint8_t *command, size_t len, uint8_t *ret_answer,
    DWORD *ret_answer_len)
{
    unsigned sw = 0x9000;

    if ((command[1] == 0x20 || command[1] == 0x24) && len > 4) {
        sw = pin_word;
        pin_commands++;
    }
    if (command[1] == 0x2A || command[1] == 0xB0)
        sw = 0x6982;
    ret_answer[0] = (uint8_t)(sw >> 8);
    ret_answer[1] = (uint8_t)sw;
    *ret_answer_len = 2;
    return SCARD_S_SUCCESS;
}

static enum tok_err verify_outcome(unsigned sw)
{
    if (sw == 0x9000)
        return TOK_OK;
    if (sw == 0x63C0 || sw == 0x6983 || sw == 0x6984)
        return TOK_PIN_LOCKED;
    if (sw == 0x6300 || (sw >= 0x63C1 && sw <= 0x63CF))
        return TOK_PIN_WRONG;
    return TOK_REPLY;
}

static void test_a_verify_is_sent_once_whatever_the_answer(void **state)
{
    fake.card = word_card;
    for (pin_word = 0; pin_word <= 0xFFFF; pin_word++) {
        const struct jpki_role *role = jpki_role(JPKI_AUTH);
        struct retry_counter counter = {true, true, 99, 0};
        unsigned left = 0;

        pin_commands = 0;
        assert_int_equal(card_begin(card), TOK_OK);
        assert_int_equal(card_select(card, role->ef_pin), TOK_OK);
        assert_int_equal(card_verify(card, role, pins[JPKI_AUTH], &counter),
            verify_outcome(pin_word));
        assert_int_equal(
            counter.known, sw_retry_counter((uint16_t)pin_word, &left));
        assert_int_equal(counter.left, left);
        assert_int_equal(counter.locked, counter.known && left == 0);
        fake_forget();
        card_end(card);
        assert_int_equal(pin_commands, 1);
        assert_memory_equal(fake_words(), C_ISSUER, strlen(C_ISSUER));
        fake_forget();
    }
}

static void test_a_change_is_sent_once_whatever_the_answer(void **state)
{
    fake.card = word_card;
    for (pin_word = 0; pin_word <= 0xFFFF; pin_word++) {
        const struct jpki_role *role = jpki_role(JPKI_SIGN);
        enum tok_err err;

        pin_commands = 0;
        assert_int_equal(card_begin(card), TOK_OK);
        assert_int_equal(card_select(card, role->ef_pin), TOK_OK);
        err = card_change(card, role, pins[JPKI_SIGN]);
        assert_int_equal(err == TOK_OK, pin_word == 0x9000);
        /* Those are outcomes of the old PIN. */
        assert_int_not_equal(err, TOK_PIN_WRONG);
        assert_int_not_equal(err, TOK_PIN_LOCKED);
        fake_forget();
        card_end(card);
        assert_int_equal(pin_commands, 1);
        assert_memory_equal(fake_words(), C_ISSUER, strlen(C_ISSUER));
        fake_forget();
    }
}

static void test_sends_the_bytes_of_the_standard(void **state)
{
    struct retry_counter counter;

    begins();
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_VERIFY_SIGN, "63C4");
    fake_expect("0024018006414243313233", "6982");
    assert_int_equal(card_select(card, 0x001B), TOK_OK);
    assert_int_equal(
        card_verify(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN], &counter),
        TOK_PIN_WRONG);
    assert_int_equal(counter.left, 4);
    assert_int_equal(
        card_change(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN]), TOK_DENIED);
    expects_checked_log_out("00B0810001");
    card_end(card);
}

static void test_sends_no_pin_to_another_file(void **state)
{
    const struct jpki_role *sign = jpki_role(JPKI_SIGN);
    struct retry_counter counter;

    begins();
    assert_int_equal(
        card_verify(card, sign, pins[JPKI_SIGN], &counter), TOK_NOT_FOUND);
    fake_expect(C_EF("0018"), "9000");
    assert_int_equal(card_select(card, 0x0018), TOK_OK);
    assert_int_equal(
        card_verify(card, sign, pins[JPKI_SIGN], &counter), TOK_NOT_FOUND);
    fake_expect(C_EF("001B"), "6A82");
    assert_int_equal(card_select(card, 0x001B), TOK_NOT_FOUND);
    assert_int_equal(
        card_verify(card, sign, pins[JPKI_SIGN], &counter), TOK_NOT_FOUND);
    assert_int_equal(card_change(card, sign, pins[JPKI_SIGN]), TOK_NOT_FOUND);
    card_end(card);
    assert_int_equal(
        card_verify(card, sign, pins[JPKI_SIGN], &counter), TOK_NOT_FOUND);
    /* Nothing to log out. */
    fake_saw(C_EF("0018") " " C_EF("001B") " end");
}

static void test_logs_no_pin(void **state)
{
    test_sends_the_bytes_of_the_standard(state);
    assert_non_null(strstr(fake_log(), "63C4"));
    assert_null(strstr(fake_log(), "414243313233"));
    assert_null(strstr(fake_log(), "ABC123"));
}

/* A transaction with a VERIFY that ANSWER follows, up to its end. */
static void verifies(enum jpki_role_id id, const char *answer)
{
    struct retry_counter counter;

    begins();
    fake_expect(id == JPKI_AUTH ? C_EF("0018") : C_EF("001B"), "9000");
    fake_expect(id == JPKI_AUTH ? C_VERIFY_AUTH : C_VERIFY_SIGN, answer);
    assert_int_equal(card_select(card, jpki_role(id)->ef_pin), TOK_OK);
    (void)card_verify(card, jpki_role(id), pins[id], &counter);
    fake_forget();
}

static void ends_with(const char *words)
{
    card_end(card);
    fake_saw(words);
}

/* Also in a transaction that was not ended. */
static void test_logs_out_when_it_is_freed(void **state)
{
    verifies(JPKI_AUTH, "9000");
    fake_expect(C_ISSUER, "6A82");
    fake_expect(C_COMMON, "6A82");
    card_free(card);
    card = NULL;
    fake_saw(C_ISSUER " " C_COMMON " end:unpower disconnect release");
}

static void test_does_not_log_out_without_a_pin(void **state)
{
    begins();
    ends_with("end");
}

static void test_logs_out_after_a_refused_pin(void **state)
{
    verifies(JPKI_AUTH, "63C2");
    expects_log_out();
    ends_with(C_ISSUER " end");
}

static void test_selects_the_common_application_instead(void **state)
{
    verifies(JPKI_AUTH, "63C2");
    fake_expect(C_ISSUER, "6A82");
    fake_expect(C_COMMON, "9000");
    ends_with(C_ISSUER " " C_COMMON " end");
}

static void test_powers_off_where_nothing_else_can_be_selected(void **state)
{
    verifies(JPKI_AUTH, "63C2");
    fake_expect(C_ISSUER, "6A82");
    fake_expect(C_COMMON, "6A82");
    ends_with(C_ISSUER " " C_COMMON " end:unpower");
}

static void test_checks_the_first_log_out_of_an_insertion(void **state)
{
    verifies(JPKI_SIGN, "9000");
    expects_checked_log_out("00B0810001");
    ends_with(C_ISSUER " " C_JPKI " 00B0810001 end");

    verifies(JPKI_SIGN, "9000");
    expects_log_out();
    ends_with(C_ISSUER " end");
    verifies(JPKI_AUTH, "9000");
    expects_log_out();
    ends_with(C_ISSUER " end");

    reinserts();
    verifies(JPKI_SIGN, "9000");
    expects_checked_log_out("00B0810001");
    ends_with(C_ISSUER " " C_JPKI " 00B0810001 end");
}

static void test_checks_the_authentication_key_by_a_signature(void **state)
{
    verifies(JPKI_AUTH, "9000");
    expects_checked_log_out(probe_auth());
    card_end(card);
    verifies(JPKI_AUTH, "9000");
    expects_log_out();
    ends_with(C_ISSUER " end");
}

static bool is_rsa_2048;

static bool takes(
    void *arg, const uint8_t *bytes, size_t len, bool *ret_is_rsa_2048)
{
    assert_null(arg);
    assert_memory_equal(bytes, "cert", len);
    *ret_is_rsa_2048 = is_rsa_2048;
    return true;
}

static void reads_cert_of(uint16_t ef, bool is_rsa)
{
    is_rsa_2048 = is_rsa;
    assert_true(card_takes_cert(card, ef, (const uint8_t *)"cert", 4));
}

static void logs_out_by_power(void)
{
    verifies(JPKI_AUTH, "9000");
    expects_log_out();
    ends_with(C_ISSUER " end:unpower");
}

/* What is too long for RSA of 2048 bits may not be for another key. */
static void test_asks_no_other_key_for_a_signature(void **state)
{
    (void)state;
    card_check_certs(card, takes, NULL);
    reads_cert_of(0x000A, false);
    logs_out_by_power();
    reads_cert_of(0x000B, true);
    reads_cert_of(0x0001, true);
    logs_out_by_power();
    reads_cert_of(0x000A, true);
    verifies(JPKI_AUTH, "9000");
    expects_checked_log_out(probe_auth());
    card_end(card);
    assert_null(strstr(fake_words(), "unpower"));

    /* The next card is asked until it tells. */
    reads_cert_of(0x000A, false);
    reinserts();
    verifies(JPKI_AUTH, "9000");
    expects_checked_log_out(probe_auth());
    card_end(card);
    assert_null(strstr(fake_words(), "unpower"));
    assert_null(strstr(fake_log(), "warn"));
}

static void test_checks_where_short_ids_are_refused(void **state)
{
    verifies(JPKI_SIGN, "9000");
    expects_log_out();
    fake_expect(C_JPKI, "9000");
    fake_expect("00B0810001", "6A86");
    fake_expect(C_EF("0001"), "9000");
    fake_expect("00B0000001", "6982");
    card_end(card);
    assert_non_null(strstr(fake_words(), "00B0000001 end"));
    assert_null(strstr(fake_words(), "unpower"));

    reinserts();
    verifies(JPKI_AUTH, "9000");
    expects_log_out();
    fake_expect(C_JPKI, "9000");
    fake_expect(probe_auth(), "6A86");
    fake_expect(C_EF("0017"), "9000");
    fake_expect(probe_auth_p2_80(), "6982");
    card_end(card);
    assert_null(strstr(fake_words(), "unpower"));
}

/* Power-off now, and from then on without another log-out before it. */
static void stays_with_power_off(void)
{
    card_end(card);
    assert_non_null(strstr(fake_words(), "end:unpower"));
    assert_non_null(strstr(fake_log(), "warn"));
    verifies(JPKI_AUTH, "9000");
    ends_with("end:unpower");
    verifies(JPKI_SIGN, "63C4");
    ends_with("end:unpower");
    /* Nothing to log out, nothing to power off. */
    begins();
    ends_with("end");
}

static void test_powers_off_a_card_that_keeps_the_pin(void **state)
{
    static const char *const answers[] = {
        "309000", "9000", "63C2", "6A82", "6B00", "6985", "6700", "6F00"};
    const size_t refused = 3; /* perhaps for the short id */
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        reinserts();
        verifies(JPKI_SIGN, "9000");
        expects_log_out();
        fake_expect(C_JPKI, "9000");
        fake_expect("00B0810001", answers[i]);
        if (i >= refused) {
            fake_expect(C_EF("0001"), "9000");
            fake_expect("00B0000001", answers[i]);
        }
        stays_with_power_off();
    }
}

static void test_powers_off_a_card_that_still_signs(void **state)
{
    static const char *const answers[] = {"9000", "6700", "6985", "6A80"};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        reinserts();
        verifies(JPKI_AUTH, "9000");
        expects_log_out();
        fake_expect(C_JPKI, "9000");
        fake_expect(probe_auth(), answers[i]);
        if (i > 0) { /* perhaps for the short id */
            fake_expect(C_EF("0017"), "9000");
            fake_expect(probe_auth_p2_80(), answers[i]);
        }
        stays_with_power_off();
    }
}

static void test_reconnects_after_its_own_power_off(void **state)
{
    test_powers_off_where_nothing_else_can_be_selected(state);
    fake_fail(FAKE_BEGIN, 1, 1, SCARD_W_RESET_CARD);
    begins();
    ends_with("end");
}

static void test_checks_a_pin_whose_answer_was_lost(void **state)
{
    struct retry_counter counter;

    begins();
    fake_expect(C_EF("001B"), "9000");
    fake_expect_code(C_VERIFY_SIGN, SCARD_F_INTERNAL_ERROR);
    assert_int_equal(card_select(card, 0x001B), TOK_OK);
    assert_int_equal(
        card_verify(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN], &counter),
        TOK_IO);
    assert_false(counter.known);
    expects_log_out();
    fake_expect(C_JPKI, "9000");
    fake_expect("00B0810001", "9000");
    fake_forget();
    ends_with(C_ISSUER " " C_JPKI " 00B0810001 end:unpower");
}

static void test_log_out_is_not_proved_by_a_pin_that_may_be_wrong(void **state)
{
    verifies(JPKI_SIGN, "6F00");
    expects_checked_log_out("00B0810001");
    ends_with(C_ISSUER " " C_JPKI " 00B0810001 end");
    test_checks_the_first_log_out_of_an_insertion(state);
}

static void test_powers_off_where_the_connection_fails_in_the_log_out(
    void **state)
{
    static const LONG codes[] = {SCARD_F_INTERNAL_ERROR, SCARD_F_COMM_ERROR,
        SCARD_E_INVALID_HANDLE, SCARD_W_RESET_CARD, SCARD_W_REMOVED_CARD};
    size_t i;

    for (i = 0; i < COUNT(codes); i++) {
        verifies(JPKI_AUTH, "63C2");
        fake_expect_code(C_ISSUER, codes[i]);
        ends_with(C_ISSUER " end:unpower");
    }
}

static void test_powers_off_by_disconnecting_where_the_end_fails(void **state)
{
    verifies(JPKI_AUTH, "63C2");
    fake_expect_code(C_ISSUER, SCARD_F_COMM_ERROR);
    fake_fail(FAKE_END, 0, 1, SCARD_F_INTERNAL_ERROR);
    ends_with(C_ISSUER " end:unpower disconnect:unpower");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIN_TEST(test_a_verify_is_sent_once_whatever_the_answer),
        PIN_TEST(test_a_change_is_sent_once_whatever_the_answer),
        PIN_TEST(test_sends_the_bytes_of_the_standard),
        PIN_TEST(test_sends_no_pin_to_another_file),
        PIN_TEST(test_logs_no_pin),
        PIN_TEST(test_logs_out_when_it_is_freed),
        PIN_TEST(test_does_not_log_out_without_a_pin),
        PIN_TEST(test_logs_out_after_a_refused_pin),
        PIN_TEST(test_selects_the_common_application_instead),
        PIN_TEST(test_powers_off_where_nothing_else_can_be_selected),
        PIN_TEST(test_checks_the_first_log_out_of_an_insertion),
        PIN_TEST(test_checks_the_authentication_key_by_a_signature),
        PIN_TEST(test_asks_no_other_key_for_a_signature),
        PIN_TEST(test_checks_where_short_ids_are_refused),
        PIN_TEST(test_powers_off_a_card_that_keeps_the_pin),
        PIN_TEST(test_powers_off_a_card_that_still_signs),
        PIN_TEST(test_reconnects_after_its_own_power_off),
        PIN_TEST(test_checks_a_pin_whose_answer_was_lost),
        PIN_TEST(test_log_out_is_not_proved_by_a_pin_that_may_be_wrong),
        PIN_TEST(test_powers_off_where_the_connection_fails_in_the_log_out),
        PIN_TEST(test_powers_off_by_disconnecting_where_the_end_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
