/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* Chips that do not know short file ids, and their status words for that. */

/* Almost any status word may mean that. */
static void test_learns_that_short_ids_are_refused(void **state)
{
    static const char *const words[] = {"6A86", "6A82", "6A88", "6D00", "6E00",
        "6700", "6985", "6986", "6981", "6B00", "6281", "6300", "6983", "6F00"};
    size_t i, len;

    for (i = 0; i < COUNT(words); i++) {
        reinserts();
        begins();
        fake_expect("00B0860003", words[i]);
        fake_expect(C_EF("0006"), "9000");
        fake_expect("00B0000003", "0102039000");
        assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
        fake_expect(C_EF("0008"), "9000");
        fake_expect("00B0000003", "0102039000");
        assert_int_equal(reads(0x0008, 0, 3, &len), TOK_OK);
        card_end(card);
    }
    /* Another card is asked again. */
    reinserts();
    begins();
    fake_expect("00B0860003", "0102039000");
    assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
    card_end(card);
}

static void test_does_not_learn_from_a_missing_file(void **state)
{
    size_t len;

    begins();
    fake_expect("00B0880003", "6A82");
    fake_expect(C_EF("0008"), "6A82");
    assert_int_equal(reads(0x0008, 0, 3, &len), TOK_NOT_FOUND);
    assert_int_equal(len, 4711);
    fake_expect("00B0860003", "0102039000");
    assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
    card_end(card);
}

/* The same answer by SELECT: it is of the file, not of short ids. */
static void test_does_not_learn_from_a_file_that_cannot_be_read(void **state)
{
    size_t len;

    begins();
    fake_expect("00B0880003", "6F00");
    fake_expect(C_EF("0008"), "9000");
    fake_expect("00B0000003", "6F00");
    assert_int_equal(reads(0x0008, 0, 3, &len), TOK_REPLY);
    fake_expect("00B0860003", "0102039000");
    assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
    card_end(card);
}

/* Something went wrong in the card, once: that is of no file and no id. */
static void test_does_not_learn_from_what_may_pass(void **state)
{
    static const char *const words[] = {"6400", "6581", "66FF"};
    uint8_t sig[CARD_SIGNATURE_SIZE];
    const uint8_t input[] = {1};
    size_t i, len;

    begins();
    for (i = 0; i < COUNT(words); i++) {
        fake_expect("00B0860003", words[i]);
        fake_expect(C_EF("0006"), "9000");
        fake_expect("00B0000003", "0102039000");
        assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
        fake_expect("802A0097010100", words[i]);
        fake_expect(C_EF("0017"), "9000");
        fake_expect("802A0080010100", cert_part(1024, 4, 256));
        assert_int_equal(card_sign(card, jpki_role(JPKI_AUTH), CARD_PKCS1,
                             input, sizeof input, sig),
            TOK_OK);
    }
    card_end(card);
}

/* Past the first byte 6B00 says that the file is too short. */
static void test_asks_once_for_what_is_past_the_end(void **state)
{
    size_t len;

    begins();
    fake_expect("00B08AFF03", "6B00");
    assert_int_equal(reads(0x000A, 255, 3, &len), TOK_NOT_FOUND);
    card_end(card);
    fake_saw("00B08AFF03 end");
}

static void test_learns_to_sign_without_short_ids(void **state)
{
    static const char *const words[] = {"6A86", "6A82", "6A88", "6D00", "6E00",
        "6700", "6985", "6986", "6B00", "6282", "6300", "6983", "6F00"};
    size_t i, len;

    for (i = 0; i < COUNT(words); i++) {
        reinserts();
        begins();
        fake_expect(C_SIGN_AUTH, words[i]);
        fake_expect(C_EF("0017"), "9000");
        fake_expect(C_SIGN_AUTH_P2_80, cert_part(1024, 4, 256));
        assert_int_equal(signs(), TOK_OK);
        fake_expect(C_EF("0017"), "9000");
        fake_expect(C_SIGN_AUTH_P2_80, cert_part(1024, 4, 256));
        assert_int_equal(signs(), TOK_OK);
        /* Reading is not affected. */
        fake_expect("00B0860003", "0102039000");
        assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
        card_end(card);
    }
}

/* Answers of the key itself, however it is addressed. */
static void test_asks_once_where_the_key_answers(void **state)
{
    static const char *const words[] = {"6982", "63C2", "63C0"};
    size_t i;

    begins();
    for (i = 0; i < COUNT(words); i++) {
        fake_expect(C_SIGN_AUTH, words[i]);
        assert_int_not_equal(signs(), TOK_OK);
    }
    card_end(card);
    fake_saw(C_SIGN_AUTH " " C_SIGN_AUTH " " C_SIGN_AUTH " end");
}

static void test_does_not_learn_where_neither_way_works(void **state)
{
    begins();
    fake_expect(C_SIGN_AUTH, "6A88");
    fake_expect(C_EF("0017"), "6A82");
    assert_int_equal(signs(), TOK_NOT_FOUND);
    fake_expect(C_SIGN_AUTH, "6D00");
    fake_expect(C_EF("0017"), "9000");
    fake_expect(C_SIGN_AUTH_P2_80, "6982");
    assert_int_equal(signs(), TOK_DENIED);
    fake_expect(C_SIGN_AUTH, "6982");
    assert_int_equal(signs(), TOK_DENIED);
    card_end(card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(test_learns_that_short_ids_are_refused),
        CARD_TEST(test_does_not_learn_from_a_missing_file),
        CARD_TEST(test_does_not_learn_from_a_file_that_cannot_be_read),
        CARD_TEST(test_does_not_learn_from_what_may_pass),
        CARD_TEST(test_asks_once_for_what_is_past_the_end),
        CARD_TEST(test_learns_to_sign_without_short_ids),
        CARD_TEST(test_does_not_learn_from_what_may_pass),
        CARD_TEST(test_asks_once_where_the_key_answers),
        CARD_TEST(test_does_not_learn_where_neither_way_works),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
