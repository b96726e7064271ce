/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/card/jpki.h"

/* Readings that come with wrong bytes: looked at twice. */

#define WHOLE 300
#define EF_CERT 0x000A
#define C_REST "00B001002C"
#define C_AGAIN "00B0000000"

static struct jpki_cert cert;
static unsigned refusals; /* of the next certificates */
static unsigned checked;

static bool check(
    void *arg, const uint8_t *bytes, size_t len, bool *ret_is_rsa_2048)
{
    assert_ptr_equal(arg, &refusals);
    assert_int_equal(len, WHOLE);
    checked++;
    *ret_is_rsa_2048 = true;
    return refusals == 0 || refusals-- == 0;
}

static int setup(void **state)
{
    memset(&cert, 0, sizeof cert);
    refusals = checked = 0;
    return setup_card(state);
}

static enum tok_err reads_cert(void)
{
    return jpki_read_cert(card, EF_CERT, &cert);
}

/* The certificate in its two chunks, read for the first time. */
static void expects_reading(void)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_CERT, cert_part(WHOLE, 0, 256));
    fake_expect(C_REST, cert_part(WHOLE, 256, 44));
}

/* The same, read again. */
static void expects_again(void)
{
    fake_expect(C_AGAIN, cert_part(WHOLE, 0, 256));
    fake_expect(C_REST, cert_part(WHOLE, 256, 44));
}

static void test_one_wrong_first_chunk(void **state)
{
    static const char *const answers[] = {
        "3182010000009000", "308200FF9000", "6F00", "3082012C9000", "00009000"};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        bool odd = strcmp(answers[i], "6F00") == 0;
        memset(&cert, 0, sizeof cert);
        fake_expect(C_JPKI, "9000");
        fake_expect(C_CERT, answers[i]);
        if (odd) /* perhaps for the short file id */
            fake_expect(C_EF("000A"), "9000");
        expects_again();
        assert_int_equal(reads_cert(), TOK_OK);
        assert_cert(&cert, WHOLE);
        reinserts();
        fake_forget();
    }
}

static void test_one_wrong_chunk(void **state)
{
    static const char *const answers[] = {"6F00", "9000", "6B00", "01029000"};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        memset(&cert, 0, sizeof cert);
        fake_expect(C_JPKI, "9000");
        fake_expect(C_CERT, cert_part(WHOLE, 0, 256));
        fake_expect(C_REST, answers[i]);
        expects_again();
        assert_int_equal(reads_cert(), TOK_OK);
        assert_cert(&cert, WHOLE);
        fake_forget();
    }
}

/* Its bytes are as many as they say, and no certificate. */
static void test_one_wrong_byte_in_a_certificate(void **state)
{
    card_check_certs(card, check, &refusals);
    refusals = 1;
    expects_reading();
    expects_again();
    assert_int_equal(reads_cert(), TOK_OK);
    assert_cert(&cert, WHOLE);
    assert_int_equal(checked, 2);
    fake_forget();
    assert_int_equal(reads_cert(), TOK_OK);
    fake_saw("");
}

/* Then it is what lies there: not asked again until the card is out. */
static void test_no_certificate_is_read_twice(void **state)
{
    card_check_certs(card, check, &refusals);
    refusals = 9;
    expects_reading();
    expects_again();
    assert_int_equal(reads_cert(), TOK_OK);
    assert_int_equal(cert.state, JPKI_CERT_WHOLE);
    fake_forget();
    assert_int_equal(reads_cert(), TOK_OK);
    fake_saw("");
}

/* The check is of the token, not of one card. */
static void test_the_check_outlives_the_card(void **state)
{
    card_check_certs(card, check, &refusals);
    card_forget(card);
    expects_reading();
    assert_int_equal(reads_cert(), TOK_OK);
    assert_int_equal(checked, 1);
}

static const uint8_t bytes[] = {1, 2, 3};

/* A new connection compares the card by its first bytes. */
static void connects(const char *first, const char *second)
{
    card_identify(card, 0x0006, bytes, sizeof bytes);
    card_release(card);
    fake_expect(C_JPKI, "9000");
    fake_expect("00B0860003", first);
    if (second)
        fake_expect("00B0000003", second);
}

static void test_one_wrong_identity_is_no_other_card(void **state)
{
    static const char *const answers[] = {
        "0102049000", "01029000", "9000", "0502039000"};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        connects(answers[i], "0102039000");
        assert_int_equal(card_begin(card), TOK_OK);
        card_end(card);
        fake_forget();
    }
    connects("0102039000", NULL);
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
    connects("0102049000", "0102049000");
    assert_int_equal(card_begin(card), TOK_REMOVED);
}

/* The card was identified by bytes that came wrong. */
static void test_a_wrong_identity_is_seen_with_the_certificate(void **state)
{
    uint8_t wrong[256] = {0};

    card_check_certs(card, check, &refusals);
    card_identify(card, EF_CERT, wrong, sizeof wrong);
    fake_expect(C_JPKI, "9000");
    fake_expect(C_CERT, cert_part(WHOLE, 0, 256)); /* to compare the card */
    fake_expect(C_AGAIN, cert_part(WHOLE, 0, 256));
    assert_int_equal(card_begin(card), TOK_REMOVED);

    fake_forget();
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
    card_identify(card, EF_CERT, wrong, sizeof wrong);
    refusals = 1;
    expects_reading();
    expects_again();
    assert_int_equal(reads_cert(), TOK_REMOVED);
}

/* What says which keys the card has. */
static void test_one_wrong_answer_of_a_small_file(void **state)
{
    static const bool no_counters[JPKI_ROLES];
    struct retry_counter counters[JPKI_ROLES];
    struct jpki_identity identity;

    fake_expect(C_JPKI, "9000");
    fake_expect("00B08600A0", "6F00");
    fake_expect(C_EF("0006"), "9000");
    fake_expect("00B00000A0", "6F00");
    /* JPKIAPGPSETOKEN: a phone */
    fake_expect("00B00000A0", "4A504B49415047505345544F4B454E209000");
    fake_expect("00B0880003", "8F8F009000");
    assert_int_equal(
        jpki_identify(card, false, no_counters, &identity, &cert, counters),
        TOK_OK);
    assert_string_equal(identity.kind->model, "JPKI on phone");
}

/* A key that is not there for one reading is there. */
static void test_one_wrong_answer_of_ef_0008(void **state)
{
    static const bool no_counters[JPKI_ROLES];
    struct retry_counter counters[JPKI_ROLES];
    struct jpki_identity identity;

    fake_expect(C_JPKI, "9000");
    fake_expect("00B08600A0", "4A504B49415050494343544F4B454E209000");
    fake_expect("00B0880003", "0000009000");
    fake_expect("00B0000003", "8F8F009000");
    fake_expect(C_CERT, cert_part(WHOLE, 0, 256));
    assert_int_equal(
        jpki_identify(card, false, no_counters, &identity, &cert, counters),
        TOK_OK);
    assert_true(identity.issued[JPKI_AUTH]);
    assert_true(identity.issued[JPKI_SIGN]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_wrong_first_chunk),
        TEST(test_one_wrong_chunk),
        TEST(test_one_wrong_byte_in_a_certificate),
        TEST(test_no_certificate_is_read_twice),
        TEST(test_the_check_outlives_the_card),
        TEST(test_one_wrong_identity_is_no_other_card),
        TEST(test_a_wrong_identity_is_seen_with_the_certificate),
        TEST(test_one_wrong_answer_of_a_small_file),
        TEST(test_one_wrong_answer_of_ef_0008),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
