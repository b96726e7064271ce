/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/token/fake.h"
#include "token/card/apdu.h"
#include "token/card/pcsc.h"
#include "token/card/role.h"

/* The table of docs/card.md 1.6, written out a second time. */
static enum tok_err decode(unsigned sw)
{
    if (sw == 0x9000)
        return TOK_OK;
    if (sw == 0x63C0 || sw == 0x6983 || sw == 0x6984)
        return TOK_PIN_LOCKED;
    if (sw == 0x6300 || (sw > 0x63C0 && sw <= 0x63CF))
        return TOK_PIN_WRONG;
    if (sw == 0x6982)
        return TOK_DENIED;
    return sw == 0x6A82 || sw == 0x6B00 ? TOK_NOT_FOUND : TOK_REPLY;
}

static void test_decodes_every_status_word(void **state)
{
    unsigned sw;

    for (sw = 0; sw <= 0xFFFF; sw++)
        if (sw_decode((uint16_t)sw) != decode(sw))
            fail_msg("%04X is %d", sw, sw_decode((uint16_t)sw));
}

static void test_retry_counter_from_63cx_and_locked_words_only(void **state)
{
    unsigned sw;

    for (sw = 0; sw <= 0xFFFF; sw++) {
        unsigned left = 99;
        bool known = sw_retry_counter((uint16_t)sw, &left);
        bool counts = sw / 16 == 0x63C;
        bool locked = sw == 0x6983 || sw == 0x6984;

        assert_int_equal(known, counts || locked);
        assert_int_equal(left, counts ? sw % 16 : locked ? 0 : 99);
    }
}

struct encoding {
    struct apdu command;
    bool with_le;
    const char *bytes;
};

static void test_encodes_the_four_cases(void **state)
{
    static const uint8_t data[] = {0xAB, 0xCD};
    static const struct encoding rows[] = {
        {{0x00, 0x20, 0x00, 0x80, NULL, 0, 0}, true, "00200080"},
        {{0x00, 0x20, 0x00, 0x80, NULL, 0, 0}, false, "00200080"},
        {{0x00, 0xB0, 0x8A, 0x00, NULL, 0, 256}, true, "00B08A0000"},
        {{0x00, 0xB0, 0x8A, 0x00, NULL, 0, 256}, false, "00B08A0000"},
        {{0x00, 0xB0, 0x01, 0x02, NULL, 0, 255}, true, "00B00102FF"},
        {{0x00, 0xA4, 0x02, 0x0C, data, 2, 0}, true, "00A4020C02ABCD"},
        {{0x80, 0x2A, 0x00, 0x97, data, 2, 256}, true, "802A009702ABCD00"},
        {{0x80, 0x2A, 0x00, 0x97, data, 2, 256}, false, "802A009702ABCD"},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        uint8_t bytes[APDU_COMMAND_MAX], expected[APDU_COMMAND_MAX];
        size_t len = 0;

        assert_int_equal(
            apdu_encode(&rows[i].command, rows[i].with_le, bytes, &len),
            TOK_OK);
        assert_int_equal(
            len, fake_bytes(rows[i].bytes, expected, sizeof expected));
        assert_memory_equal(bytes, expected, len);
    }
}

static void test_encodes_the_longest_command(void **state)
{
    uint8_t data[APDU_DATA_MAX], bytes[APDU_COMMAND_MAX];
    const struct apdu command = {
        .data = data, .data_len = sizeof data, .le = APDU_LE_MAX};
    size_t len = 0;

    memset(data, 0x5A, sizeof data);
    assert_int_equal(apdu_encode(&command, true, bytes, &len), TOK_OK);
    assert_int_equal(len, sizeof bytes);
    assert_int_equal(bytes[4], 255);
    assert_memory_equal(bytes + 5, data, sizeof data);
    assert_int_equal(bytes[260], 0);
}

static void test_refuses_lengths_out_of_range(void **state)
{
    uint8_t data[APDU_DATA_MAX + 1] = {0}, bytes[APDU_COMMAND_MAX];
    const struct apdu too_much = {.data = data, .data_len = sizeof data};
    const struct apdu too_far = {.le = APDU_LE_MAX + 1};
    size_t len = 4711;

    assert_int_equal(apdu_encode(&too_much, true, bytes, &len), TOK_IO);
    assert_int_equal(apdu_encode(&too_far, true, bytes, &len), TOK_IO);
    assert_int_equal(len, 4711);
}

static void test_codes_of_a_dead_context(void **state)
{
    static const LONG dead[] = {SCARD_F_COMM_ERROR, SCARD_E_NO_SERVICE,
        SCARD_W_SECURITY_VIOLATION, SCARD_E_SERVICE_STOPPED,
        SCARD_E_INVALID_HANDLE};
    static const LONG alive[] = {SCARD_S_SUCCESS, SCARD_W_RESET_CARD,
        SCARD_W_REMOVED_CARD, SCARD_E_NO_SMARTCARD, SCARD_E_SHARING_VIOLATION,
        SCARD_E_NO_READERS_AVAILABLE, 0x12345678};
    size_t i;

    for (i = 0; i < COUNT(dead); i++) {
        assert_true(pcsc_context_is_dead(dead[i]));
        assert_int_equal(pcsc_err(dead[i]), TOK_NO_SERVICE);
    }
    for (i = 0; i < COUNT(alive); i++)
        assert_false(pcsc_context_is_dead(alive[i]));
    assert_int_equal(pcsc_err(SCARD_S_SUCCESS), TOK_OK);
    assert_int_equal(pcsc_err(SCARD_W_REMOVED_CARD), TOK_REMOVED);
    assert_int_equal(pcsc_err(SCARD_E_UNKNOWN_READER), TOK_NO_READER);
    assert_int_equal(pcsc_err(SCARD_E_SHARING_VIOLATION), TOK_BUSY);
    assert_int_equal(pcsc_err(0x12345678), TOK_IO);
    assert_string_equal(pcsc_name(SCARD_W_RESET_CARD), "SCARD_W_RESET_CARD");
    assert_non_null(pcsc_name(0x12345678));
}

static void test_roles(void **state)
{
    const struct jpki_role *auth = jpki_role(JPKI_AUTH);
    const struct jpki_role *sign = jpki_role(JPKI_SIGN);

    assert_int_equal(auth->ef_cert, 0x000A);
    assert_int_equal(auth->ef_ca, 0x000B);
    assert_int_equal(auth->ef_key, 0x0017);
    assert_int_equal(auth->ef_pin, 0x0018);
    assert_int_equal(sign->ef_cert, 0x0001);
    assert_int_equal(sign->ef_ca, 0x0002);
    assert_int_equal(sign->ef_key, 0x001A);
    assert_int_equal(sign->ef_pin, 0x001B);
    assert_int_equal(auth->tries_max, 3);
    assert_int_equal(sign->tries_max, 5);
    assert_string_equal(auth->pin_alphabet, "0123456789");
    assert_int_equal(strlen(sign->pin_alphabet), 36);
    assert_false(auth->cert_private);
    assert_true(sign->cert_private);
    assert_true(strlen(auth->token_label) + strlen(" E52D") <= 32);
    assert_true(strlen(sign->token_label) + strlen(" E52D") <= 32);
}

struct kind_case {
    const char *label;
    size_t len;
    const char *model;
    bool cert_needs_pin;
};

static void test_kinds_by_their_label(void **state)
{
    static const struct kind_case rows[] = {
        {"JPKIAPICCTOKEN2                 ", 32, "My Number Card", false},
        {"JPKIAPICCTOKEN2", 15, "My Number Card", false},
        {"JPKIAPICCTOKEN2\0\0 \0 ", 20, "My Number Card", false},
        {"JPKIAPICCTOKEN  ", 16, "Juki Card", false},
        {"JPKIAPGPSETOKEN ", 16, "JPKI on phone", true},
        {"JPKIAPIOSTOKEN  ", 16, "JPKI on phone", true},
        {"JPKIAPICCTOKEN3 ", 16, "My Number Card", false},
        {"jpkiapgpsetoken ", 16, "My Number Card", false},
        {" JPKIAPGPSETOKEN", 16, "My Number Card", false},
        {"JPKIAPICCTOKENX", 14, "Juki Card", false},
        {"\0\0\0\0", 4, "My Number Card", false},
        {"", 0, "My Number Card", false},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const struct jpki_kind *kind =
            jpki_kind((const uint8_t *)rows[i].label, rows[i].len);

        assert_string_equal(kind->model, rows[i].model);
        assert_int_equal(kind->cert_needs_pin, rows[i].cert_needs_pin);
        assert_true(strlen(kind->model) <= 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decodes_every_status_word),
        cmocka_unit_test(test_retry_counter_from_63cx_and_locked_words_only),
        cmocka_unit_test(test_encodes_the_four_cases),
        cmocka_unit_test(test_encodes_the_longest_command),
        cmocka_unit_test(test_refuses_lengths_out_of_range),
        cmocka_unit_test(test_codes_of_a_dead_context),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_kinds_by_their_label),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
