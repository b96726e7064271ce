/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/card.h"

/* Chips that do not know short file ids, and by what words they say so. */

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define C_SIGN_AUTH "802A009703AABBCC00"
#define C_SIGN_AUTH_P2_80 "802A008003AABBCC00"

static void begins(void)
{
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    fake_forget();
}

static enum tok_err reads(uint16_t ef, size_t offset, size_t le, size_t *len)
{
    uint8_t bytes[APDU_LE_MAX];

    *len = 4711;
    return card_read(card, ef, offset, le, bytes, len);
}

static enum tok_err signs(void)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    return card_sign(card, jpki_role(JPKI_AUTH), CARD_PKCS1,
        (const uint8_t *)"\xAA\xBB\xCC", 3, sig);
}

/* Any word may mean that a chip does not know them, but for a few. */
static void learns_that_short_ids_are_refused(void **state)
{
    static const char *const words[] = {"6A86", "6A82", "6A88", "6D00", "6E00",
        "6700", "6985", "6986", "6981", "6B00", "6281", "6300", "6983", "6F00"};
    size_t i, len;

    (void)state;
    for (i = 0; i < COUNT(words); i++) {
        card_expect(card, 6);
        card_expect(card, 7);
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
    card_expect(card, 6);
    card_expect(card, 7);
    begins();
    fake_expect("00B0860003", "0102039000");
    assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
    card_end(card);
}

static void does_not_learn_from_a_missing_file(void **state)
{
    size_t len;

    (void)state;
    begins();
    fake_expect("00B0880003", "6A82");
    fake_expect(C_EF("0008"), "6A82");
    assert_int_equal(reads(0x0008, 0, 3, &len), TOK_NOT_FOUND);
    assert_int_equal(len, 4711);
    fake_expect("00B0860003", "0102039000");
    assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
    card_end(card);
}

/* A word that came once by itself says nothing of the next file. */
static void does_not_learn_from_a_file_that_cannot_be_read(void **state)
{
    size_t len;

    (void)state;
    begins();
    fake_expect("00B0880003", "6F00");
    fake_expect(C_EF("0008"), "9000");
    fake_expect("00B0000003", "6F00");
    assert_int_equal(reads(0x0008, 0, 3, &len), TOK_REPLY);
    fake_expect("00B0860003", "0102039000");
    assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
    card_end(card);
}

/* Past the first byte 6B00 says that the file is too short. */
static void asks_once_for_what_is_past_the_end(void **state)
{
    size_t len;

    (void)state;
    begins();
    fake_expect("00B08AFF03", "6B00");
    assert_int_equal(reads(0x000A, 255, 3, &len), TOK_NOT_FOUND);
    card_end(card);
    fake_saw("00B08AFF03 end");
}

static void learns_to_sign_without_short_ids(void **state)
{
    static const char *const words[] = {"6A86", "6A82", "6A88", "6D00", "6E00",
        "6700", "6985", "6986", "6B00", "6282", "6300", "6983", "6F00"};
    size_t i, len;

    (void)state;
    for (i = 0; i < COUNT(words); i++) {
        card_expect(card, 6);
        card_expect(card, 7);
        begins();
        fake_expect(C_SIGN_AUTH, words[i]);
        fake_expect(C_EF("0017"), "9000");
        fake_expect(C_SIGN_AUTH_P2_80, cert_part(1024, 4, 256));
        assert_int_equal(signs(), TOK_OK);
        fake_expect(C_EF("0017"), "9000");
        fake_expect(C_SIGN_AUTH_P2_80, cert_part(1024, 4, 256));
        assert_int_equal(signs(), TOK_OK);
        /* Reading is another thing. */
        fake_expect("00B0860003", "0102039000");
        assert_int_equal(reads(0x0006, 0, 3, &len), TOK_OK);
        card_end(card);
    }
}

/* The key's own word, however it is addressed. */
static void asks_once_where_the_key_answers(void **state)
{
    static const char *const words[] = {"6982", "63C2", "63C0"};
    size_t i;

    (void)state;
    begins();
    for (i = 0; i < COUNT(words); i++) {
        fake_expect(C_SIGN_AUTH, words[i]);
        assert_int_not_equal(signs(), TOK_OK);
    }
    card_end(card);
    fake_saw(C_SIGN_AUTH " " C_SIGN_AUTH " " C_SIGN_AUTH " end");
}

static void does_not_learn_where_neither_way_works(void **state)
{
    (void)state;
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

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_card, teardown_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(learns_that_short_ids_are_refused),
        TEST(does_not_learn_from_a_missing_file),
        TEST(does_not_learn_from_a_file_that_cannot_be_read),
        TEST(asks_once_for_what_is_past_the_end),
        TEST(learns_to_sign_without_short_ids),
        TEST(asks_once_where_the_key_answers),
        TEST(does_not_learn_where_neither_way_works),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
