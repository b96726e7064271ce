/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/jpki.h"

/* What can be read of a card without a PIN. */

#define C_INFO "00B08600A0"
#define C_PRESENT "00B0880003"
#define C_PRESENT_AGAIN "00B0000003"
#define INFO_CARD "4A504B494150494343544F4B454E3220"  /* JPKIAPICCTOKEN2 */
#define INFO_PHONE "4A504B49415047505345544F4B454E20" /* JPKIAPGPSETOKEN */

static struct jpki_cert cert;
static struct jpki_identity identity;
static struct retry_counter counter[JPKI_ROLES];
static const bool no_counters[JPKI_ROLES];
static const bool both_counters[JPKI_ROLES] = {true, true};

static int setup(void **state)
{
    memset(&cert, 0, sizeof cert);
    memset(&identity, 0, sizeof identity);
    counter[JPKI_AUTH] = counter[JPKI_SIGN] =
        (struct retry_counter){.left = 99};
    return setup_card(state);
}

static void expects_cert(const char *answer)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_CERT, answer);
}

/* The answers of EF 0006 and EF 0008. */
static void expects_info(const char *info, const char *present)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_INFO, info);
    fake_expect(C_PRESENT, present);
}

static enum tok_err identifies(const bool with_counter[JPKI_ROLES])
{
    return jpki_identify(card, false, with_counter, &identity, &cert, counter);
}

static void test_identifies_a_card_by_four_commands(void **state)
{
    expects_info(INFO_CARD "9000", "8F8F009000");
    fake_expect(C_CERT, cert_part(1585, 0, 256));
    assert_int_equal(identifies(no_counters), TOK_OK);
    fake_saw(W_OPEN " " C_INFO " " C_PRESENT " " C_CERT " end");
    assert_string_equal(identity.kind->model, "My Number Card");
    assert_true(identity.issued[JPKI_AUTH]);
    assert_true(identity.issued[JPKI_SIGN]);
    assert_memory_equal(identity.token_info, "JPKIAPICCTOKEN2 ", 16);
    assert_int_equal(identity.token_info[16], 0);
    assert_int_equal(cert.state, JPKI_CERT_PART);
    assert_int_equal(cert.len, JPKI_CERT_FIRST_CHUNK);
    assert_int_equal(counter[JPKI_AUTH].left, 99);
}

static void test_identification_asks_for_the_retry_counters(void **state)
{
    expects_info(INFO_CARD "9000", "8F8F009000");
    fake_expect(C_CERT, cert_part(1585, 0, 256));
    fake_expect(C_EF("0018"), "9000");
    fake_expect(C_QUERY, "63C2");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C4");
    assert_int_equal(identifies(both_counters), TOK_OK);
    assert_true(counter[JPKI_AUTH].known);
    assert_int_equal(counter[JPKI_AUTH].left, 2);
    assert_true(counter[JPKI_SIGN].known);
    assert_int_equal(counter[JPKI_SIGN].left, 4);
    /* A question is no VERIFY: there is nothing to log out. */
    assert_null(strstr(fake_words(), C_ISSUER));
}

static void test_only_retry_counters_that_exist_are_asked(void **state)
{
    static const bool sign[JPKI_ROLES] = {[JPKI_SIGN] = true};

    expects_info(INFO_CARD "9000", "8F8F009000");
    fake_expect(C_CERT, cert_part(1585, 0, 256));
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C4");
    assert_int_equal(identifies(sign), TOK_OK);
    fake_forget();
    /* No authentication certificate. */
    expects_info(INFO_CARD "9000", "8F00009000");
    fake_expect(C_PRESENT_AGAIN, "8F00009000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C3");
    assert_int_equal(identifies(both_counters), TOK_OK);
    assert_int_equal(counter[JPKI_AUTH].left, 99);
    assert_int_equal(counter[JPKI_SIGN].left, 3);
}

static void test_does_not_ask_a_phone_for_its_certificate(void **state)
{
    expects_info(INFO_PHONE "9000", "8F8F009000");
    assert_int_equal(identifies(no_counters), TOK_OK);
    assert_string_equal(identity.kind->model, "JPKI on phone");
    assert_int_equal(cert.state, JPKI_CERT_UNREAD);
    fake_saw(W_OPEN " " C_INFO " " C_PRESENT " end");
}

struct present_case {
    const char *answer;
    bool auth, sign;
};

static void test_issued_keys_by_ef_0008(void **state)
{
    static const struct present_case rows[] = {
        {"8F8F009000", true, true},
        {"008F009000", true, false},
        {"FF8F009000", true, false},
        {"8F00009000", false, true},
        {"0101009000", true, true},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        memset(&cert, 0, sizeof cert);
        expects_info(INFO_CARD "9000", rows[i].answer);
        if (!rows[i].auth || !rows[i].sign)
            fake_expect(C_PRESENT_AGAIN, rows[i].answer);
        if (rows[i].auth)
            fake_expect(C_CERT, cert_part(1585, 0, 256));
        assert_int_equal(identifies(no_counters), TOK_OK);
        assert_int_equal(identity.issued[JPKI_AUTH], rows[i].auth);
        assert_int_equal(identity.issued[JPKI_SIGN], rows[i].sign);
    }
}

static void test_identifies_a_card_without_its_small_files(void **state)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_INFO, "6A82");
    fake_expect(C_EF("0006"), "6A82");
    fake_expect(C_PRESENT, "6A82");
    fake_expect(C_EF("0008"), "6A82");
    fake_expect("00B08A0001", "309000");
    fake_expect("00B0810001", "6982");
    fake_expect(C_CERT, cert_part(1585, 0, 256));
    assert_int_equal(identifies(no_counters), TOK_OK);
    assert_string_equal(identity.kind->model, "My Number Card");
    assert_true(identity.issued[JPKI_AUTH]);
    assert_true(identity.issued[JPKI_SIGN]);
}

/* EF 0008 promises what the file does not hold. */
static void test_a_missing_file_overrides_ef_0008(void **state)
{
    expects_info(INFO_CARD "9000", "8F8F009000");
    fake_expect(C_CERT, "6A82");
    fake_expect(C_EF("000A"), "6A82");
    fake_expect(C_CERT, "6A82");
    fake_expect(C_EF("000A"), "6A82");
    assert_int_equal(identifies(no_counters), TOK_OK);
    assert_false(identity.issued[JPKI_AUTH]);
    assert_true(identity.issued[JPKI_SIGN]);
    assert_int_equal(cert.state, JPKI_CERT_ABSENT);
}

static void test_a_card_without_jpki_is_asked_once(void **state)
{
    fake_expect(C_JPKI, "6A82");
    assert_int_equal(identifies(no_counters), TOK_NOT_JPKI);
    assert_null(identity.kind);
}

static void test_a_broken_connection_identifies_nothing(void **state)
{
    int i;

    fake_expect(C_JPKI, "9000");
    fake_expect(C_INFO, INFO_CARD "9000");
    fake_expect_code(C_PRESENT, SCARD_W_REMOVED_CARD);
    assert_int_equal(identifies(no_counters), TOK_REMOVED);
    for (i = 0; i < 5; i++) {
        expects_info(INFO_CARD "9000", "9000");
        fake_expect_code("00B08A0001", SCARD_F_INTERNAL_ERROR);
    }
    assert_int_equal(identifies(no_counters), TOK_IO);
    assert_null(identity.kind);
    /* The third attempt was made on a new connection, after a reset. */
    assert_int_equal(fake.counts[FAKE_CONNECT], 2);
    assert_non_null(strstr(fake_words(), "disconnect:reset"));
}

static enum tok_err reads_cert(void)
{
    return jpki_read_cert(card, jpki_role(JPKI_AUTH)->ef_cert, &cert);
}

/* Reads it from the start, which gets ANSWER, and once more where it must. */
static enum tok_err reads_cert_again(const char *answer, bool twice)
{
    memset(&cert, 0, sizeof cert);
    expects_cert(answer);
    if (twice)
        fake_expect("00B0000000", answer);
    return reads_cert();
}

static void test_reads_a_certificate_to_its_end_only(void **state)
{
    expects_cert(cert_part(700, 0, 256));
    fake_expect("00B0010000", cert_part(700, 256, 256));
    fake_expect("00B00200BC", cert_part(700, 512, 188));
    assert_int_equal(reads_cert(), TOK_OK);
    assert_cert(&cert, 700);
    fake_saw(W_OPEN " " C_CERT " 00B0010000 00B00200BC end");
    /* And only once. */
    assert_int_equal(reads_cert(), TOK_OK);
    fake_saw("");
}

static void test_wipes_a_certificate_that_was_taken(void **state)
{
    static const struct jpki_cert wiped = {.state = JPKI_CERT_TAKEN};

    test_reads_a_certificate_to_its_end_only(state);
    jpki_cert_taken(&cert);
    assert_memory_equal(&cert, &wiped, sizeof wiped);
    assert_int_equal(reads_cert(), TOK_OK);
    fake_saw("");
    assert_memory_equal(&cert, &wiped, sizeof wiped);
}

static void test_padding_after_a_short_certificate_is_cut(void **state)
{
    static const size_t sizes[] = {4, 100, 255, 256};
    size_t i;

    for (i = 0; i < COUNT(sizes); i++) {
        assert_int_equal(
            reads_cert_again(cert_part(sizes[i], 0, 256), false), TOK_OK);
        assert_cert(&cert, sizes[i]);
        assert_int_equal(reads_cert(), TOK_OK);
        assert_cert(&cert, sizes[i]);
    }
}

static void test_a_file_may_end_with_the_certificate(void **state)
{
    assert_int_equal(reads_cert_again(cert_part(100, 0, 100), false), TOK_OK);
    assert_cert(&cert, 100);
}

static void test_reads_the_largest_certificate(void **state)
{
    size_t offset;
    char command[16];

    expects_cert(cert_part(JPKI_CERT_MAX, 0, 256));
    for (offset = 256; offset < JPKI_CERT_MAX; offset += 256) {
        static char texts[16][16];

        sprintf(command, "00B0%04X00", (unsigned)offset);
        strcpy(texts[offset / 256], command);
        fake_expect(texts[offset / 256], cert_part(JPKI_CERT_MAX, offset, 256));
    }
    assert_int_equal(reads_cert(), TOK_OK);
    assert_cert(&cert, JPKI_CERT_MAX);
}

static void test_reading_resumes_where_it_stopped(void **state)
{
    expects_cert(cert_part(700, 0, 256));
    fake_expect("00B0010000", cert_part(700, 256, 256));
    fake_expect_code("00B00200BC", SCARD_E_NOT_TRANSACTED);
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("000A"), "9000");
    fake_expect("00B00200BC", cert_part(700, 512, 188));
    assert_int_equal(reads_cert(), TOK_OK);
    assert_cert(&cert, 700);
}

/* A short file id reaches offset 255 and saves a SELECT. */
static void test_reading_resumes_after_the_first_chunk(void **state)
{
    test_identifies_a_card_by_four_commands(state);
    cert.state = JPKI_CERT_UNREAD;
    cert.len = 0;
    expects_info(INFO_CARD "9000", "8F8F009000");
    fake_expect(C_CERT, cert_part(700, 0, 256));
    assert_int_equal(identifies(no_counters), TOK_OK);
    fake_forget();
    fake_expect(C_JPKI, "9000");
    fake_expect("00B08AFF00", cert_part(700, 255, 256));
    fake_expect("00B001FFBD", cert_part(700, 511, 189));
    assert_int_equal(reads_cert(), TOK_OK);
    assert_cert(&cert, 700);
}

/* As long as bytes 3 and 4 say, but perhaps no SEQUENCE. */
static void test_a_certificate_is_a_sequence(void **state)
{
    static const char *const headers[] = {"308200FC", "318200FC", "308100FC",
        "308300FC", "048200FC", "008200FC", "FFFF00FC"};
    char answer[2 * 258 + 1];
    size_t i;

    for (i = 0; i < COUNT(headers); i++) {
        memset(answer, '5', 2 * 256);
        strcpy(answer + 2 * 256, "9000");
        memcpy(answer, headers[i], 8);
        assert_int_equal(reads_cert_again(answer, i > 0), TOK_OK);
        assert_int_equal(cert.state, i == 0 ? JPKI_CERT_WHOLE : JPKI_CERT_BAD);
        assert_int_equal(cert.len, i == 0 ? 256 : 0);
    }
}

static void test_a_blank_file_is_no_certificate(void **state)
{
    static char zeros[2 * 258 + 1], ones[2 * 258 + 1];
    const char *const answers[] = {zeros, ones, "9000", "009000"};
    size_t i;

    memset(zeros, '0', 512);
    memset(ones, 'F', 512);
    strcpy(zeros + 512, "9000");
    strcpy(ones + 512, "9000");
    for (i = 0; i < COUNT(answers); i++) {
        assert_int_equal(reads_cert_again(answers[i], true), TOK_OK);
        assert_int_equal(cert.state, JPKI_CERT_ABSENT);
    }
}

static void test_an_empty_file_is_no_certificate(void **state)
{
    expects_cert("6B00"); /* perhaps for the short id */
    fake_expect(C_EF("000A"), "9000");
    fake_expect("00B0000000", "6B00");
    fake_expect("00B0000000", "6B00");
    assert_int_equal(reads_cert(), TOK_OK);
    assert_int_equal(cert.state, JPKI_CERT_ABSENT);
}

static void test_a_missing_file_is_no_certificate(void **state)
{
    expects_cert("6A82");
    fake_expect(C_EF("000A"), "6A82");
    fake_expect(C_CERT, "6A82");
    fake_expect(C_EF("000A"), "6A82");
    assert_int_equal(reads_cert(), TOK_OK);
    assert_int_equal(cert.state, JPKI_CERT_ABSENT);
    fake_forget();
    assert_int_equal(reads_cert(), TOK_OK);
    fake_saw("");
}

struct cert_case {
    const char *answer;
    enum tok_err err;
    enum jpki_cert_state state;
};

static void test_refuses_what_cannot_be_a_certificate(void **state)
{
    static const struct cert_case rows[] = {
        {"30820FFD9000", TOK_OK, JPKI_CERT_BAD}, /* one byte too many */
        {"3082FFFF9000", TOK_OK, JPKI_CERT_BAD},
        {"3081FF009000", TOK_OK, JPKI_CERT_BAD},
        {"3182010000009000", TOK_OK, JPKI_CERT_BAD},
        {"3082019000", TOK_OK, JPKI_CERT_BAD},
        {"00FF9000", TOK_OK, JPKI_CERT_BAD},
        /* the file ends before it does */
        {"308200109000", TOK_REPLY, JPKI_CERT_UNREAD},
        {"6982", TOK_DENIED, JPKI_CERT_UNREAD},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(
            reads_cert_again(rows[i].answer, rows[i].err != TOK_DENIED),
            rows[i].err);
        assert_int_equal(cert.state, rows[i].state);
        assert_int_equal(cert.len, 0);
    }
    memset(&cert, 0, sizeof cert);
    expects_cert("6F00");
    fake_expect(C_EF("000A"), "9000");
    fake_expect("00B0000000", "6F00");
    fake_expect("00B0000000", "6F00");
    assert_int_equal(reads_cert(), TOK_REPLY);
    assert_int_equal(cert.state, JPKI_CERT_UNREAD);
}

static void test_refuses_a_file_that_ends_too_soon(void **state)
{
    static const char *const answers[] = {"6B00", "9000", "016282", "019000"};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        memset(&cert, 0, sizeof cert);
        expects_cert(cert_part(700, 0, 256));
        fake_expect("00B0010000", answers[i]);
        fake_expect("00B0000000", cert_part(700, 0, 256));
        fake_expect("00B0010000", answers[i]);
        assert_int_equal(reads_cert(), TOK_REPLY);
        assert_int_equal(cert.state, JPKI_CERT_PART);
        assert_int_equal(cert.len, 256);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_identifies_a_card_by_four_commands),
        TEST(test_identification_asks_for_the_retry_counters),
        TEST(test_only_retry_counters_that_exist_are_asked),
        TEST(test_does_not_ask_a_phone_for_its_certificate),
        TEST(test_issued_keys_by_ef_0008),
        TEST(test_identifies_a_card_without_its_small_files),
        TEST(test_a_missing_file_overrides_ef_0008),
        TEST(test_a_card_without_jpki_is_asked_once),
        TEST(test_a_broken_connection_identifies_nothing),
        TEST(test_reads_a_certificate_to_its_end_only),
        TEST(test_wipes_a_certificate_that_was_taken),
        TEST(test_padding_after_a_short_certificate_is_cut),
        TEST(test_a_file_may_end_with_the_certificate),
        TEST(test_reads_the_largest_certificate),
        TEST(test_reading_resumes_where_it_stopped),
        TEST(test_reading_resumes_after_the_first_chunk),
        TEST(test_a_certificate_is_a_sequence),
        TEST(test_a_blank_file_is_no_certificate),
        TEST(test_an_empty_file_is_no_certificate),
        TEST(test_a_missing_file_is_no_certificate),
        TEST(test_refuses_what_cannot_be_a_certificate),
        TEST(test_refuses_a_file_that_ends_too_soon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
