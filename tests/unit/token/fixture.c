/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"

struct card *card;
struct pin *pins[JPKI_ROLES];
static struct pin_page *page;

int setup_card(void **state)
{
    (void)state;
    fake_reset();
    if (card_new(FAKE_READER, &card) != TOK_OK)
        return -1;
    card_expect(card, 7);
    return 0;
}

int teardown_card(void **state)
{
    (void)state;
    card_free(card);
    return fake.contexts || fake.connected || fake.in_transaction ? -1 : 0;
}

int setup_card_and_pins(void **state)
{
    if (setup_card(state) != 0 || pin_page_new(&page) != TOK_OK ||
        pin_new(page, jpki_role(JPKI_AUTH), (const uint8_t *)"1234", 4, true,
            &pins[JPKI_AUTH]) != TOK_OK ||
        pin_new(page, jpki_role(JPKI_SIGN), (const uint8_t *)"ABC123", 6, true,
            &pins[JPKI_SIGN]) != TOK_OK)
        return -1;
    return 0;
}

int teardown_card_and_pins(void **state)
{
    int err = teardown_card(state);

    pin_free(pins[JPKI_AUTH]);
    pin_free(pins[JPKI_SIGN]);
    pin_page_free(page);
    return err;
}

unsigned cert_byte(size_t whole, size_t i)
{
    const unsigned head[] = {
        0x30, 0x82, (unsigned)(whole - 4) >> 8, (unsigned)(whole - 4) & 0xFF};

    if (i < sizeof head / sizeof *head)
        return head[i];
    return i < whole ? (unsigned)(i * 7 + i / 251) & 0xFF : 0xFF;
}

const char *cert_part(size_t whole, size_t offset, size_t len)
{
    static char texts[20][2 * 258 + 1];
    static size_t next;
    char *text = texts[next++ % (sizeof texts / sizeof *texts)];
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
