/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/jpki.h"

/* What a program does with a PIN, and by which commands. */

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define C_CERT "00B08A0000"
#define C_SIGN_CERT "00B0810000"
#define C_VERIFY_AUTH "002000800431323334"
#define C_VERIFY_SIGN "0020008006414243313233"

static struct jpki_cert cert;
static struct tries tries;

static int setup(void **state)
{
    memset(&cert, 0, sizeof cert);
    tries = (struct tries){false, false, 99};
    return setup_card_and_pins(state);
}

static void expects_log_out(void)
{
    fake_expect(C_ISSUER, "9000");
}

static void expects_checked_log_out(const char *probe)
{
    expects_log_out();
    fake_expect(C_JPKI, "9000");
    fake_expect(probe, "6982");
}

static const char *probe_auth(void)
{
    static char text[2 * 261 + 1];

    memset(text, '0', sizeof text - 1);
    memcpy(text, "802A0097FF", 10);
    return text;
}

static enum tok_err logs_in(enum jpki_role_id id, bool free_cert, bool refuse)
{
    return jpki_login(
        card, jpki_role(id), pins[id], free_cert, refuse, &cert, &tries);
}

static void logs_in_after_reading_what_is_free(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_CERT, cert_part(300, 0, 256));
    fake_expect("00B001002C", cert_part(300, 256, 44));
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C2");
    fake_expect(C_VERIFY_AUTH, "9000");
    expects_checked_log_out(probe_auth());
    assert_int_equal(logs_in(JPKI_AUTH, true, false), TOK_OK);
    assert_cert(&cert, 300);
    assert_true(tries.known);
    assert_false(tries.locked);
    assert_int_equal(tries.left, 3);
    fake_forget();
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C3");
    fake_expect(C_VERIFY_AUTH, "9000");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_AUTH, true, false), TOK_OK);
    fake_saw(W_AGAIN " " C_EF("0018") " " C_QUERY " " C_VERIFY_AUTH " " C_ISSUER
                                      " end");
}

static void logs_in_before_reading_what_is_not(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN_CERT, cert_part(300, 0, 256));
    fake_expect("00B001002C", cert_part(300, 256, 44));
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_OK);
    assert_cert(&cert, 300);
    assert_int_equal(tries.left, 5);
}

static void reads_later_what_turns_out_to_need_the_pin(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_CERT, "6982");
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C3");
    fake_expect(C_VERIFY_AUTH, "9000");
    fake_expect(C_CERT, cert_part(256, 0, 256));
    expects_checked_log_out(probe_auth());
    assert_int_equal(logs_in(JPKI_AUTH, true, true), TOK_OK);
    assert_cert(&cert, 256);
}

static void is_right_though_the_certificate_is_not(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN_CERT, "6F00");
    fake_expect(C_EF("0001"), "9000");
    fake_expect("00B0000000", "6F00");
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_REPLY);
    assert_int_equal(card_pin_fate(card), PIN_ACCEPTED);
    assert_int_equal(cert.state, JPKI_CERT_UNREAD);
    assert_int_equal(tries.left, 5);
}

static void sends_nothing_to_a_locked_pin(void **state)
{
    static const char *const answers[] = {"63C0", "6983", "6984"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(answers); i++) {
        fake_expect(C_JPKI, "9000");
        fake_expect(C_EF("001B"), "9000");
        fake_expect(C_QUERY, answers[i]);
        assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_LOCKED);
        assert_true(tries.known);
        assert_true(tries.locked);
        assert_null(strstr(fake_words(), C_ISSUER));
    }
}

static void spares_the_last_try_where_told(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C1");
    assert_int_equal(logs_in(JPKI_SIGN, false, true), TOK_DENIED);
    assert_int_equal(tries.left, 1);
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C1");
    fake_expect(C_VERIFY_SIGN, "63C0");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_PIN_LOCKED);
    assert_true(tries.locked);
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C2");
    fake_expect(C_VERIFY_SIGN, "63C1");
    expects_log_out();
    assert_int_equal(logs_in(JPKI_SIGN, false, true), TOK_PIN_WRONG);
    assert_int_equal(tries.left, 1);
}

static void tells_the_counter_before_a_lost_answer(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C5");
    fake_expect_code(C_VERIFY_SIGN, SCARD_F_INTERNAL_ERROR);
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_IO);
    assert_true(tries.known);
    assert_int_equal(tries.left, 5);
}

static void sends_no_pin_without_its_file(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0018"), "6A82");
    cert.state = JPKI_CERT_ABSENT;
    assert_int_equal(logs_in(JPKI_AUTH, true, false), TOK_NOT_FOUND);
    fake_saw(W_OPEN " " C_EF("0018") " end");
}

static void asks_the_counter_alone(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C1");
    assert_int_equal(jpki_tries(card, jpki_role(JPKI_AUTH), &tries), TOK_OK);
    assert_int_equal(tries.left, 1);
    fake_saw(W_OPEN " " C_EF("0018") " " C_QUERY " end");
}

static enum tok_err signs(uint8_t *ret_sig)
{
    return jpki_sign(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN], CARD_PKCS1,
        (const uint8_t *)"\xAA\xBB\xCC", 3, ret_sig, &tries);
}

#define C_SIGN "802A009A03AABBCC00"

static void signs_by_five_commands(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE] = {0};
    size_t i;

    logs_in_before_reading_what_is_not(state);
    fake_forget();
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN, cert_part(1024, 4, 256));
    expects_log_out();
    assert_int_equal(signs(sig), TOK_OK);
    fake_saw(W_AGAIN " " C_EF("001B") " " C_VERIFY_SIGN " " C_SIGN " " C_ISSUER
                                      " end");
    for (i = 0; i < sizeof sig; i++)
        assert_int_equal(sig[i], cert_byte(1024, 4 + i));
}

static void does_not_sign_after_a_wrong_pin(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE] = {0x5A};

    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_VERIFY_SIGN, "63C4");
    expects_log_out();
    assert_int_equal(signs(sig), TOK_PIN_WRONG);
    assert_int_equal(tries.left, 4);
    assert_int_equal(sig[0], 0x5A);
}

static void takes_no_word_of_the_key_for_one_of_the_pin(void **state)
{
    static const char *const answers[] = {"63C1", "63C0", "6983", "6300"};
    const size_t once = 2; /* the others may refuse the short id */
    uint8_t sig[CARD_SIGNATURE_SIZE] = {0x5A};
    size_t i;

    logs_in_before_reading_what_is_not(state);
    for (i = 0; i < COUNT(answers); i++) {
        fake_expect(C_JPKI, "9000");
        fake_expect(C_EF("001B"), "9000");
        fake_expect(C_VERIFY_SIGN, "9000");
        fake_expect(C_SIGN, answers[i]);
        if (i >= once) {
            fake_expect(C_EF("001A"), "9000");
            fake_expect("802A008003AABBCC00", answers[i]);
        }
        expects_log_out();
        assert_int_equal(signs(sig), TOK_REPLY);
        assert_int_equal(sig[0], 0x5A);
    }
}

static enum tok_err changes(void)
{
    return jpki_change_pin(card, jpki_role(JPKI_SIGN), pins[JPKI_SIGN],
        pins[JPKI_SIGN], false, &tries);
}

#define C_CHANGE "0024018006414243313233"

static void changes_a_pin(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C2");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_CHANGE, "9000");
    expects_checked_log_out("00B0810001");
    assert_int_equal(changes(), TOK_OK);
    assert_int_equal(tries.left, 5);
}

static void changes_nothing_after_a_wrong_pin(void **state)
{
    (void)state;
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C2");
    fake_expect(C_VERIFY_SIGN, "63C1");
    expects_log_out();
    assert_int_equal(changes(), TOK_PIN_WRONG);
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C0");
    assert_int_equal(changes(), TOK_PIN_LOCKED);
}

static void says_nothing_of_the_old_pin_when_the_new_is_refused(void **state)
{
    static const char *const answers[] = {"63C1", "63C0", "6983", "6A80"};
    size_t i;

    (void)state;
    changes_a_pin(state);
    for (i = 0; i < COUNT(answers); i++) {
        fake_expect(C_JPKI, "9000");
        fake_expect(C_EF("001B"), "9000");
        fake_expect(C_QUERY, "63C5");
        fake_expect(C_VERIFY_SIGN, "9000");
        fake_expect(C_CHANGE, answers[i]);
        expects_log_out();
        assert_int_equal(changes(), TOK_REPLY);
        assert_int_equal(tries.left, 5);
    }
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup, teardown_card_and_pins)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(logs_in_after_reading_what_is_free),
        TEST(logs_in_before_reading_what_is_not),
        TEST(reads_later_what_turns_out_to_need_the_pin),
        TEST(is_right_though_the_certificate_is_not),
        TEST(sends_nothing_to_a_locked_pin),
        TEST(spares_the_last_try_where_told),
        TEST(tells_the_counter_before_a_lost_answer),
        TEST(sends_no_pin_without_its_file),
        TEST(asks_the_counter_alone),
        TEST(signs_by_five_commands),
        TEST(does_not_sign_after_a_wrong_pin),
        TEST(takes_no_word_of_the_key_for_one_of_the_pin),
        TEST(changes_a_pin),
        TEST(changes_nothing_after_a_wrong_pin),
        TEST(says_nothing_of_the_old_pin_when_the_new_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
