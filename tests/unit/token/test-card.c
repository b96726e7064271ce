/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* The commands inside a transaction, byte by byte. */

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

static void test_a_response_is_body_and_status_word(void **state)
{
    struct response response;

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

static void test_the_rest_is_asked_for_after_61xx(void **state)
{
    struct response response;

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

static void test_repeats_with_the_length_the_card_wants(void **state)
{
    struct response response;

    begins();
    fake_expect("00B0000000", "6C02");
    fake_expect("00B0000002", "01029000");
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 2);
    card_end(card);
}

static void test_does_not_keep_what_came_with_6c(void **state)
{
    struct response response;

    begins();
    fake_expect("00B0000000", "EEEE6C02");
    fake_expect("00B0000002", "01029000");
    assert_int_equal(exchange(&response), TOK_OK);
    assert_int_equal(response.len, 2);
    assert_int_equal(response.body[0], 1);
    card_end(card);
}

static void test_stops_after_eight_rounds(void **state)
{
    struct response response;
    int i;

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

static void test_a_response_of_more_than_256_bytes_is_refused(void **state)
{
    struct response response;

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

static void test_impossible_lengths_are_refused(void **state)
{
    struct response response = {.sw = 0x4711};
    int i;

    begins();
    fake.card = lying_card;
    for (i = 0; i < 10; i++)
        assert_int_equal(exchange(&response), TOK_REPLY);
    assert_int_equal(response.sw, 0x4711);
    card_end(card);
}

static void test_leaves_le_out_for_t0(void **state)
{
    fake.protocol = SCARD_PROTOCOL_T0;
    begins();
    fake_expect("802A009703AABBCC", "6100");
    fake_expect("00C0000000", body(256, "9000"));
    assert_int_equal(signs(), TOK_OK);
    card_end(card);
}

static void test_reads_a_file_by_one_command_a_chunk(void **state)
{
    size_t len;

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

static void test_selects_a_file_that_is_not_current(void **state)
{
    size_t len;

    begins();
    fake_expect(C_EF("000A"), "9000");
    fake_expect("00B0010000", body(256, "9000"));
    assert_int_equal(reads(0x000A, 256, 256, &len), TOK_OK);
    card_end(card);
    /* Another program may have selected another file since. */
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

static void test_decodes_answers_to_read(void **state)
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

static void test_does_not_read_past_the_largest_offset(void **state)
{
    size_t len;

    begins();
    assert_int_equal(reads(0x0006, 0x8000, 1, &len), TOK_NOT_FOUND);
    assert_int_not_equal(reads(0x0006, 0, 0, &len), TOK_OK);
    assert_int_not_equal(reads(0x0006, 0, 257, &len), TOK_OK);
    card_end(card);
    fake_saw("end");
}

struct counter_case {
    const char *answer;
    bool known, locked;
    unsigned left;
};

static void test_retry_counter_is_asked_by_four_bytes(void **state)
{
    static const struct counter_case rows[] = {
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

    begins();
    for (i = 0; i < COUNT(rows); i++) {
        struct retry_counter counter = {true, true, 99, 0};

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
    struct retry_counter counter = {true, true, 99, 0};

    begins();
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "9000");
    expects_log_out();
    expects_query(JPKI_AUTH, "63C1");
    assert_int_equal(
        card_retry_counter(card, jpki_role(JPKI_AUTH), &counter), TOK_OK);
    assert_true(counter.known);
    assert_int_equal(counter.left, 1);
    card_end(card);
}

/* One odd answer may be a passing fault. */
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

static void test_no_retry_counter_without_its_file(void **state)
{
    struct retry_counter counter = {true, true, 99, 0};

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

static void test_signs_by_short_id(void **state)
{
    begins();
    fake_expect(C_SIGN_AUTH, body(256, "9000"));
    assert_int_equal(signs(), TOK_OK);
    card_end(card);
    fake_saw(C_SIGN_AUTH " end");
}

static void test_a_signature_has_256_bytes(void **state)
{
    static const size_t lengths[] = {0, 1, 255};
    static const char *const words[] = {"6983", "6F00", "6985"};
    uint8_t sig[CARD_SIGNATURE_SIZE];
    size_t i;

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(test_a_response_is_body_and_status_word),
        CARD_TEST(test_the_rest_is_asked_for_after_61xx),
        CARD_TEST(test_repeats_with_the_length_the_card_wants),
        CARD_TEST(test_does_not_keep_what_came_with_6c),
        CARD_TEST(test_stops_after_eight_rounds),
        CARD_TEST(test_a_response_of_more_than_256_bytes_is_refused),
        CARD_TEST(test_impossible_lengths_are_refused),
        CARD_TEST(test_leaves_le_out_for_t0),
        CARD_TEST(test_reads_a_file_by_one_command_a_chunk),
        CARD_TEST(test_selects_a_file_that_is_not_current),
        CARD_TEST(test_decodes_answers_to_read),
        CARD_TEST(test_does_not_read_past_the_largest_offset),
        CARD_TEST(test_retry_counter_is_asked_by_four_bytes),
        CARD_TEST(test_a_pin_left_verified_is_logged_out),
        CARD_TEST(test_only_a_stable_refusal_means_no_counter),
        CARD_TEST(test_no_retry_counter_without_its_file),
        CARD_TEST(test_signs_by_short_id),
        CARD_TEST(test_a_signature_has_256_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
