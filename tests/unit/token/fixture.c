/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"

#include <stdio.h>
#include <string.h>

struct card *card;
struct pin *pins[JPKI_PINS];
struct jpki_cert script_cert;
struct verify_result script_result;
static struct pin_page *page;

int setup_card(void **state)
{
    fake_reset();
    if (card_new(FAKE_READER, &card) != TOK_OK)
        return -1;
    card_expect(card, 7);
    return 0;
}

int teardown_card(void **state)
{
    card_free(card);
    return fake.contexts || fake.connected || fake.in_transaction ? -1 : 0;
}

int setup_card_and_pins(void **state)
{
    memset(&script_cert, 0, sizeof script_cert);
    memset(&script_result, 0x5A, sizeof script_result);
    if (setup_card(state) != 0 || pin_page_new(&page) != TOK_OK ||
        pin_new(page, jpki_role(JPKI_AUTH), (const uint8_t *)"1234", 4, true,
            &pins[JPKI_AUTH]) != TOK_OK ||
        pin_new(page, jpki_role(JPKI_SIGN), (const uint8_t *)"ABC123", 6, true,
            &pins[JPKI_SIGN]) != TOK_OK ||
        pin_new(page, jpki_role(JPKI_TEXT), (const uint8_t *)"2468", 4, true,
            &pins[JPKI_TEXT]) != TOK_OK)
        return -1;
    return 0;
}

int teardown_card_and_pins(void **state)
{
    int err = teardown_card(state);

    pin_free(pins[JPKI_AUTH]);
    pin_free(pins[JPKI_SIGN]);
    pin_free(pins[JPKI_TEXT]);
    pin_page_free(page);
    return err;
}

void begins(void)
{
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    assert_true(fake.in_transaction);
    fake_forget();
}

void begins_and_ends(void)
{
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
}

void reinserts(void)
{
    card_expect(card, 6);
    card_expect(card, 7);
}

void expects_query(enum jpki_role_id id, const char *answer)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(id == JPKI_AUTH ? C_EF("0018") : C_EF("001B"), "9000");
    fake_expect(C_QUERY, answer);
}

void expects_log_out(void)
{
    fake_expect(C_ISSUER, "9000");
}

void expects_checked_log_out(const char *probe)
{
    expects_log_out();
    fake_expect(C_JPKI, "9000");
    fake_expect(probe, "6982");
}

#define PROBE_TEXT (2 * 261 + 1)

/* The signing command HEADER over 255 bytes of zero. */
static const char *probe(const char *header, char text[PROBE_TEXT])
{
    memset(text, '0', PROBE_TEXT - 1);
    memcpy(text, header, strlen(header));
    return text;
}

const char *probe_auth(void)
{
    static char text[PROBE_TEXT];

    return probe("802A0097FF", text);
}

const char *probe_auth_p2_80(void)
{
    static char text[PROBE_TEXT];

    return probe("802A0080FF", text);
}

enum tok_err logs_in(enum jpki_role_id id, bool free_cert, bool spare_last)
{
    return jpki_login(card, jpki_role(id), pins[id], free_cert, spare_last,
        &script_cert, &script_result);
}

void logs_in_to_sign(void)
{
    expects_query(JPKI_SIGN, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN_CERT, cert_part(300, 0, 256));
    fake_expect("00B001002C", cert_part(300, 256, 44));
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_OK);
}

enum tok_err reads(uint16_t ef, size_t offset, size_t le, size_t *ret_len)
{
    uint8_t bytes[APDU_LE_MAX];

    *ret_len = 4711;
    return card_read(card, ef, offset, le, bytes, ret_len);
}

enum tok_err signs(void)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];

    return card_sign(card, jpki_role(JPKI_AUTH), CARD_PKCS1,
        (const uint8_t *)"\xAA\xBB\xCC", 3, sig);
}

unsigned cert_byte(size_t whole, size_t i)
{
    const unsigned header[] = {
        0x30, 0x82, (unsigned)(whole - 4) >> 8, (unsigned)(whole - 4) & 0xFF};

    if (i < COUNT(header))
        return header[i];
    return i < whole ? (unsigned)(i * 7 + i / 251) & 0xFF : 0xFF;
}

const char *cert_part(size_t whole, size_t offset, size_t len)
{
    static char texts[20][2 * 258 + 1];
    static size_t next;
    char *text = texts[next++ % COUNT(texts)];
    size_t i;

    for (i = 0; i < len; i++)
        sprintf(text + 2 * i, "%02X", cert_byte(whole, offset + i));
    strcpy(text + 2 * len, "9000");
    return text;
}

void assert_cert(const struct jpki_cert *cert, size_t whole)
{
    size_t i;

    assert_int_equal(cert->state, JPKI_CERT_WHOLE);
    assert_int_equal(cert->len, whole);
    for (i = 0; i < whole; i++)
        assert_int_equal(cert->bytes[i], cert_byte(whole, i));
}

enum tok_err get_states(struct monitor *monitor,
    struct reader_state *ret_states, size_t cap, size_t *ret_count)
{
    uint64_t asked;

    *ret_count = 4711;
    return monitor_get_states(monitor, ret_states, cap, ret_count, &asked);
}
