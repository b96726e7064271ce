/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* The commands inside a transaction, byte by byte. */

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define C_SIGN_AUTH "802A009703AABBCC00"
#define C_SIGN_AUTH_P2_80 "802A008003AABBCC00"

static void begins(void)
{
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    fake_forget();
}

/* COUNT bytes 00, 01 ... in hexadecimal, and then SW. */
static const char *body(size_t count, const char *sw)
{
    static char texts[4][2 * 258 + 1];
    static size_t next;
    char *text = texts[next++ % 4];
    size_t i;

    for (i = 0; i < count; i++)
        sprintf(text + 2 * i, "%02X", (unsigned)i & 0xFF);
    strcpy(text + 2 * count, sw);
    return text;
}

static const struct apdu read_command = {.ins = 0xB0, .le = 256};

static enum tok_err exchange(struct response *ret_response)
{
    return card_exchange(card, &read_command, ret_response);
}

static void takes_body_and_word_apart(void **state)
{
    struct response response;

    (void)state;
    begins();
    fake_expect("00B0000000", "0102039000");
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 3);
    assert_int_equal(response.body[2], 3);
    assert_int_equal(response.sw, 0x9000);
    fake_expect("00B0000000", "6A82");
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 0);
    assert_int_equal(response.sw, 0x6A82);
    card_end(card);
}

static void asks_for_the_rest(void **state)
{
    struct response response;

    (void)state;
    begins();
    fake_expect("00B0000000", "01026103");
    fake_expect("00C0000003", "03046102");
    fake_expect("00C0000002", "05069000");
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 6);
    assert_memory_equal(response.body, "\1\2\3\4\5\6", 6);
    fake_expect("00B0000000", "6100");
    fake_expect("00C0000000", body(256, "9000"));
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 256);
    card_end(card);
}

static void repeats_with_the_length_the_card_wants(void **state)
{
    struct response response;

    (void)state;
    begins();
    fake_expect("00B0000000", "6C02");
    fake_expect("00B0000002", "01029000");
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 2);
    card_end(card);
}

static void does_not_keep_what_came_with_6c(void **state)
{
    struct response response;

    (void)state;
    begins();
    fake_expect("00B0000000", "EEEE6C02");
    fake_expect("00B0000002", "01029000");
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 2);
    assert_int_equal(response.body[0], 1);
    card_end(card);
}

static void stops_after_eight_rounds(void **state)
{
    struct response response;
    int i;

    (void)state;
    begins();
    fake_expect("00B0000000", "6101");
    for (i = 1; i < 8; i++)
        fake_expect("00C0000001", "6101");
    assert_int_equal(exchange(&response), TOK_REPLY);
    for (i = 0; i < 8; i++)
        fake_expect(i == 0 ? "00B0000000" : "00B0000001", "6C01");
    assert_int_equal(exchange(&response), TOK_REPLY);
    card_end(card);
}

static void takes_no_more_than_256_bytes(void **state)
{
    struct response response;

    (void)state;
    begins();
    fake_expect("00B0000000", body(200, "6138"));
    fake_expect("00C0000038", body(57, "9000"));
    assert_int_equal(exchange(&response), TOK_REPLY);
    card_end(card);
}

static LONG lying_card(const uint8_t *command, size_t len, uint8_t *ret_answer,
    DWORD *ret_answer_len)
{
    static const DWORD lengths[] = {0, 1, 259, 65536, (DWORD)-1};
    static size_t next;

    (void)command;
    (void)len;
    ret_answer[0] = 0x90;
    ret_answer[1] = 0x00;
    *ret_answer_len = lengths[next++ % COUNT(lengths)];
    return SCARD_S_SUCCESS;
}

static void does_not_believe_in_impossible_lengths(void **state)
{
    struct response response = {.sw = 0x4711};
    int i;

    (void)state;
    begins();
    fake.card = lying_card;
    for (i = 0; i < 10; i++)
        assert_int_equal(exchange(&response), TOK_REPLY);
    assert_int_equal(response.sw, 0x4711);
    card_end(card);
}

static void leaves_le_out_for_t0(void **state)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    (void)state;
    fake.protocol = SCARD_PROTOCOL_T0;
    begins();
    fake_expect("802A009703AABBCC", "6100");
    fake_expect("00C0000000", body(256, "9000"));
    assert_int_equal(card_sign(card, jpki_role(JPKI_AUTH), CARD_PKCS1,
                         (const uint8_t *)"\xAA\xBB\xCC", 3, sig),
        TOK_OK);
    card_end(card);
}

static enum tok_err reads(uint16_t ef, size_t offset, size_t le, size_t *len)
{
    uint8_t bytes[APDU_LE_MAX];

    *len = 4711;
    return card_read(card, ef, offset, le, bytes, len);
}

static void reads_a_file_by_one_command_a_chunk(void **state)
{
    size_t len;

    (void)state;
    begins();
    fake_expect("00B08A0000", body(256, "9000"));
    assert_int_equal(reads(0x000A, 0, 256, &len), TOK_OK);
    assert_int_equal(len, 256);
    fake_expect("00B0010000", body(256, "9000"));
    assert_int_equal(reads(0x000A, 256, 256, &len), TOK_OK);
    fake_expect("00B0020010", body(16, "9000"));
    assert_int_equal(reads(0x000A, 512, 16, &len), TOK_OK);
    fake_expect("00B0860003", "0102039000");
    assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
    card_end(card);
}

static void selects_a_file_that_is_not_current(void **state)
{
    size_t len;

    (void)state;
    begins();
    fake_expect(C_EF("000A"), "9000");
    fake_expect("00B0010000", body(256, "9000"));
    assert_int_equal(reads(0x000A, 256, 256, &len), TOK_OK);
    card_end(card);
    /* Another program may have selected what it liked since. */
    begins();
    fake_expect(C_EF("000A"), "9000");
    fake_expect("00B0010000", body(256, "9000"));
    assert_int_equal(reads(0x000A, 256, 256, &len), TOK_OK);
    card_end(card);
}

struct read_case {
    const char *answer;
    enum tok_err err;
    size_t len;
    bool twice; /* asked by SELECT as well, with the same answer */
};

static void decodes_answers_to_read(void **state)
{
    static const struct read_case rows[] = {
        {"0102039000", TOK_OK, 3, false},
        {"01029000", TOK_OK, 2, false},
        {"9000", TOK_OK, 0, false},
        {"01026282", TOK_OK, 2, false},
        {"6B00", TOK_NOT_FOUND, 4711, true},
        {"6982", TOK_DENIED, 4711, false},
        {"010203049000", TOK_REPLY, 4711, false},
        {"010203046282", TOK_REPLY, 4711, false},
        {"0102036281", TOK_REPLY, 4711, true},
        {"6F00", TOK_REPLY, 4711, true},
        {"63C2", TOK_REPLY, 4711, false},
        {"63C0", TOK_REPLY, 4711, false},
        {"6983", TOK_REPLY, 4711, true},
    };
    size_t i, len;

    (void)state;
    begins();
    for (i = 0; i < COUNT(rows); i++) {
        fake_expect(C_EF("0018"), "9000");
        assert_int_equal(card_select(card, 0x0018), TOK_OK);
        fake_expect("00B0860003", rows[i].answer);
        if (rows[i].twice) {
            fake_expect(C_EF("0006"), "9000");
            fake_expect("00B0000003", rows[i].answer);
        }
        assert_int_equal(reads(0x0006, 0, 3, &len), rows[i].err);
        assert_int_equal(len, rows[i].len);
    }
    card_end(card);
}

static void does_not_read_past_what_an_offset_can_say(void **state)
{
    size_t len;

    (void)state;
    begins();
    assert_int_equal(reads(0x0006, 0x8000, 1, &len), TOK_NOT_FOUND);
    assert_int_not_equal(reads(0x0006, 0, 0, &len), TOK_OK);
    assert_int_not_equal(reads(0x0006, 0, 257, &len), TOK_OK);
    card_end(card);
    fake_saw("end");
}

struct tries_case {
    const char *answer;
    bool known, locked;
    unsigned left;
};

static void asks_the_counter_by_four_bytes(void **state)
{
    static const struct tries_case rows[] = {
        {"63C3", true, false, 3},
        {"63C1", true, false, 1},
        {"63C0", true, true, 0},
        {"6983", true, true, 0},
        {"6984", true, true, 0},
        {"6300", false, false, 0},
        {"6700", false, false, 0},
        {"6C05", false, false, 0},
        {"6105", false, false, 0},
        {"6985", false, false, 0},
    };
    size_t i;

    (void)state;
    begins();
    for (i = 0; i < COUNT(rows); i++) {
        struct retry_counter counter = {true, true, 99};

        fake_expect(C_EF("0018"), "9000");
        fake_expect(C_QUERY, rows[i].answer);
        assert_int_equal(
            card_retry_counter(card, jpki_role(JPKI_AUTH), &counter), TOK_OK);
        assert_int_equal(counter.known, rows[i].known);
        assert_int_equal(counter.locked, rows[i].locked);
        if (counter.known)
            assert_int_equal(counter.left, rows[i].left);
    }
    card_end(card);
    assert_null(strstr(fake_words(), C_ISSUER));
}

/* 9000 says that a program left the PIN verified: it is logged out first. */
static void test_a_pin_left_verified_is_logged_out(void **state)
{
    struct retry_counter counter = {true, true, 99};

    (void)state;
    begins();
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "9000");
    fake_expect(C_ISSUER, "9000");
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C1");
    assert_int_equal(
        card_retry_counter(card, jpki_role(JPKI_AUTH), &counter), TOK_OK);
    assert_true(counter.known);
    assert_int_equal(counter.left, 1);
    card_end(card);
}

/* That a card tells no counter is not concluded from what may pass. */
static void test_only_a_stable_refusal_means_no_counter(void **state)
{
    static const struct {
        const char *first, *second;
        bool no_counter;
    } rows[] = {{"6F00", "6F00", false}, {"6581", "6581", false},
        {"6700", "6985", false}, {"6700", "6700", true},
        {"6A86", "6A86", true}};
    struct retry_counter counter;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        card_forget(card);
        begins();
        fake_expect(C_EF("0018"), "9000");
        fake_expect(C_QUERY, rows[i].first);
        fake_expect(C_EF("0018"), "9000");
        fake_expect(C_QUERY, rows[i].second);
        assert_int_equal(
            card_retry_counter(card, jpki_role(JPKI_AUTH), &counter), TOK_OK);
        assert_false(counter.known);
        assert_int_equal(card_tells_no_counter(card, jpki_role(JPKI_AUTH)),
            rows[i].no_counter);
        card_end(card);
    }
}

static void knows_no_counter_without_its_file(void **state)
{
    struct retry_counter counter = {true, true, 99};

    (void)state;
    begins();
    fake_expect(C_EF("001B"), "6A82");
    assert_int_equal(
        card_retry_counter(card, jpki_role(JPKI_SIGN), &counter), TOK_OK);
    assert_false(counter.known);
    fake_expect_code(C_EF("001B"), SCARD_W_REMOVED_CARD);
    assert_int_equal(
        card_retry_counter(card, jpki_role(JPKI_SIGN), &counter), TOK_REMOVED);
    card_end(card);
}

static enum tok_err signs(void)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    return card_sign(card, jpki_role(JPKI_AUTH), CARD_PKCS1,
        (const uint8_t *)"\xAA\xBB\xCC", 3, sig);
}

static void signs_by_short_id(void **state)
{
    (void)state;
    begins();
    fake_expect(C_SIGN_AUTH, body(256, "9000"));
    assert_int_equal(signs(), TOK_OK);
    card_end(card);
    fake_saw(C_SIGN_AUTH " end");
}

static void takes_a_signature_of_256_bytes_only(void **state)
{
    static const size_t lengths[] = {0, 1, 255};
    static const char *const words[] = {"6983", "6F00", "6985"};
    uint8_t sig[CARD_SIGNATURE_SIZE];
    size_t i;

    (void)state;
    begins();
    for (i = 0; i < COUNT(lengths); i++) {
        fake_expect(C_SIGN_AUTH, body(lengths[i], "9000"));
        assert_int_equal(signs(), TOK_REPLY);
    }
    for (i = 0; i < COUNT(words); i++) {
        fake_expect(C_SIGN_AUTH, words[i]);
        fake_expect(C_EF("0017"), "9000");
        fake_expect(C_SIGN_AUTH_P2_80, words[i]);
        assert_int_equal(signs(), TOK_REPLY);
    }
    assert_int_not_equal(
        card_sign(card, jpki_role(JPKI_AUTH), CARD_PKCS1, sig, 0, sig), TOK_OK);
    assert_int_not_equal(
        card_sign(card, jpki_role(JPKI_AUTH), CARD_PKCS1, sig, 246, sig),
        TOK_OK);
    card_end(card);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_card, teardown_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_body_and_word_apart),
        TEST(asks_for_the_rest),
        TEST(repeats_with_the_length_the_card_wants),
        TEST(does_not_keep_what_came_with_6c),
        TEST(stops_after_eight_rounds),
        TEST(takes_no_more_than_256_bytes),
        TEST(does_not_believe_in_impossible_lengths),
        TEST(leaves_le_out_for_t0),
        TEST(reads_a_file_by_one_command_a_chunk),
        TEST(selects_a_file_that_is_not_current),
        TEST(decodes_answers_to_read),
        TEST(does_not_read_past_what_an_offset_can_say),
        TEST(asks_the_counter_by_four_bytes),
        TEST(test_a_pin_left_verified_is_logged_out),
        TEST(test_only_a_stable_refusal_means_no_counter),
        TEST(knows_no_counter_without_its_file),
        TEST(signs_by_short_id),
        TEST(takes_a_signature_of_256_bytes_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
