/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/token/fake.h"
#include "token/card/jpki.h"

/*
 * Every command of every operation with a PIN fails in every way: the card is
 * never left verified, and no PIN is sent twice.
 */

/* A card with one certificate of 300 bytes for both roles. */
static struct {
    bool keeps_pin; /* when another application is selected */
    bool in_jpki, verified;
    unsigned ef, left;
    unsigned commands, pins;
} chip;

enum fault_how {
    FAULT_INSTEAD, /* the card does nothing */
    FAULT_AFTER,   /* the card does it, and the answer is lost */
};

/* At the AT-th command: a status word, or a PC/SC code above FFFF. */
static struct {
    unsigned at;
    enum fault_how how;
    unsigned long value;
} fault;

static unsigned verify(const uint8_t *command, size_t len)
{
    bool right = len == 11 && memcmp(command + 5, "ABC123", 6) == 0;

    if (len == 4)
        return 0x63C0 | chip.left;
    chip.pins++;
    chip.verified = right || chip.verified;
    chip.left = right ? 5 : chip.left - 1;
    return right ? 0x9000 : 0x63C0 | chip.left;
}

static unsigned select_it(const uint8_t *command)
{
    if (command[2] == 0x02) {
        chip.ef = command[6];
        return 0x9000;
    }
    chip.in_jpki = command[6] == 0x92;
    chip.ef = 0;
    if (!chip.in_jpki && !chip.keeps_pin)
        chip.verified = false;
    return 0x9000;
}

static unsigned read_it(
    const uint8_t *command, uint8_t *ret_answer, size_t *ret_len)
{
    static const uint8_t header[] = {0x30, 0x82, 0x01, 0x28};
    size_t le = command[4] ? command[4] : 256;

    if (command[2] & 0x80)
        chip.ef = command[2] & 0x1F;
    if (!chip.verified)
        return 0x6982;
    memset(ret_answer, 0x5A, le);
    if (command[2] & 0x80)
        memcpy(ret_answer, header, le < sizeof header ? le : sizeof header);
    *ret_len = le;
    return 0x9000;
}

static unsigned sign_it(
    const uint8_t *command, uint8_t *ret_answer, size_t *ret_len)
{
    if (!chip.verified)
        return 0x6982;
    if (command[4] > 245)
        return 0x6700;
    memset(ret_answer, 0xA5, 256);
    *ret_len = 256;
    return 0x9000;
}

static unsigned obey(
    const uint8_t *command, size_t len, uint8_t *ret_answer, size_t *ret_len)
{
    if (command[1] == 0xA4)
        return select_it(command);
    if (!chip.in_jpki)
        return 0x6D00;
    switch (command[1]) {
    case 0x20:
        return chip.ef == 0x1B ? verify(command, len) : 0x6986;
    case 0x24:
        chip.pins++;
        return chip.verified ? 0x9000 : 0x6982;
    case 0xB0:
        return read_it(command, ret_answer, ret_len);
    case 0x2A:
        return sign_it(command, ret_answer, ret_len);
    default:
        return 0x6D00;
    }
}

static LONG faulty_card(const uint8_t *command, size_t len, uint8_t *ret_answer,
    DWORD *ret_answer_len)
{
    bool now = chip.commands++ == fault.at;
    size_t body = 0;
    unsigned sw = 0x9000;

    if (!now || fault.how == FAULT_AFTER)
        sw = obey(command, len, ret_answer, &body);
    if (now && fault.value > 0xFFFF)
        return (LONG)fault.value;
    if (now) {
        sw = (unsigned)fault.value;
        body = 0;
    }
    ret_answer[body] = (uint8_t)(sw >> 8);
    ret_answer[body + 1] = (uint8_t)sw;
    *ret_answer_len = body + 2;
    return SCARD_S_SUCCESS;
}

static void power_off(void)
{
    chip.verified = false;
    chip.in_jpki = false;
}

static struct pin_page *page;
static struct pin *pin, *new_pin, *wrong_pin;

static enum tok_err log_in(struct card *card)
{
    static struct jpki_cert cert;
    struct verify_result result;

    memset(&cert, 0, sizeof cert);
    return jpki_login(
        card, jpki_role(JPKI_SIGN), pin, false, false, &cert, &result);
}

static enum tok_err log_in_wrongly(struct card *card)
{
    static struct jpki_cert cert;
    struct verify_result result;

    memset(&cert, 0, sizeof cert);
    return jpki_login(
        card, jpki_role(JPKI_SIGN), wrong_pin, false, false, &cert, &result);
}

static enum tok_err sign(struct card *card)
{
    uint8_t sig[CARD_SIGNATURE_SIZE];
    struct verify_result result;

    return jpki_sign(card, jpki_role(JPKI_SIGN), pin, CARD_PKCS1,
        (const uint8_t *)"\xAA", 1, sig, &result);
}

static enum tok_err change(struct card *card)
{
    struct verify_result result;

    return jpki_change_pin(
        card, jpki_role(JPKI_SIGN), pin, new_pin, false, &result);
}

struct operation {
    const char *name;
    enum tok_err (*run)(struct card *card);
    unsigned pins; /* commands with a PIN that it may send: one twice */
};

static const struct operation operations[] = {
    {"log-in", log_in, 2},
    {"log-in with the wrong PIN", log_in_wrongly, 1},
    {"signature", sign, 2},
    {"change", change, 3},
};

/* Status words that say nothing of a PIN, true or not. */
static const unsigned long words[] = {0x6281, 0x6283, 0x6400, 0x6581, 0x6700,
    0x6881, 0x6985, 0x6986, 0x6A80, 0x6A82, 0x6A86, 0x6A88, 0x6B00, 0x6D00,
    0x6E00, 0x6F00, 0x6100, 0x6C00, 0x0000, 0xFFFF};
/* Refusals of a PIN, whatever the card did. */
static const unsigned long refusals[] = {
    0x6982, 0x6983, 0x6984, 0x6300, 0x63C0, 0x63C2};
static const unsigned long codes[] = {0x80100001, 0x80100003, 0x80100004,
    0x80100006, 0x80100008, 0x8010000B, 0x80100013, 0x80100016, 0x80100017,
    0x8010001D, 0x8010001E, 0x8010001F, 0x8010002F, 0x80100066, 0x80100068,
    0x80100069};

/* A card that is new to the process, with its reader. */
static struct card *new_card(void)
{
    struct card *card = NULL;

    fake_reset();
    fake.card = faulty_card;
    fake.power_off = power_off;
    chip.in_jpki = chip.verified = false;
    chip.commands = chip.pins = 0;
    chip.left = 5;
    assert_int_equal(card_new(FAKE_READER, &card), TOK_OK);
    card_expect(card, 7);
    return card;
}

/* Runs OPERATION with the fault that is set; true when it met it. */
static bool survives(const struct operation *operation)
{
    struct card *card = new_card();
    enum tok_err err = operation->run(card);

    if (chip.verified || fake.in_transaction || chip.pins > operation->pins ||
        chip.left < 4)
        fail_msg("%s: command %u, %s %lX: %d: %s", operation->name, fault.at,
            fault.how == FAULT_AFTER ? "after" : "instead", fault.value,
            (int)err, fake_words());
    card_free(card);
    assert_int_equal(fake.contexts, 0);
    assert_false(fake.connected);
    return chip.commands > fault.at;
}

/* Each operation fails at each command by each of VALUES, both ways. */
static void try_all(const unsigned long *values, size_t count)
{
    size_t i, n;
    int how;

    for (n = 0; n < COUNT(operations); n++)
        for (how = FAULT_INSTEAD; how <= FAULT_AFTER; how++)
            for (i = 0; i < count; i++) {
                fault.how = (enum fault_how)how;
                fault.value = values[i];
                for (fault.at = 0; survives(&operations[n]); fault.at++)
                    assert_in_range(fault.at, 0, 64);
            }
}

static void test_leaves_no_card_verified(void **state)
{
    chip.keeps_pin = false;
    try_all(words, COUNT(words));
    try_all(refusals, COUNT(refusals));
    try_all(codes, COUNT(codes));
}

/* The card that another application's selection does not log out. */
static void test_leaves_no_card_verified_that_keeps_the_pin(void **state)
{
    chip.keeps_pin = true;
    try_all(words, COUNT(words));
    try_all(codes, COUNT(codes));
}

/* The end of the transaction fails, too: the power goes off with the
 * connection. */
static void test_powers_off_though_the_end_fails(void **state)
{
    size_t i;

    chip.keeps_pin = true;
    fault.at = 1000;
    for (i = 0; i < COUNT(codes); i++) {
        struct card *card = new_card();

        fake_fail(FAKE_END, 0, 1, (LONG)codes[i]);
        assert_int_equal(log_in(card), TOK_OK);
        assert_false(chip.verified);
        assert_false(fake.in_transaction);
        card_free(card);
    }
}

/* The tests below prove nothing unless each operation works on this card. */
static void test_the_card_works_without_a_fault(void **state)
{
    size_t i;

    fault.at = 1000;
    for (i = 0; i < COUNT(operations); i++) {
        struct card *card = new_card();

        chip.keeps_pin = i % 2;
        assert_int_equal(operations[i].run(card),
            operations[i].run == log_in_wrongly ? TOK_PIN_WRONG : TOK_OK);
        assert_non_null(strstr(fake_words(), C_ISSUER));
        card_free(card);
    }
}

static int setup_pins(void **state)
{
    const struct jpki_role *role = jpki_role(JPKI_SIGN);

    return pin_page_new(&page) != TOK_OK ||
           pin_new(page, role, (const uint8_t *)"ABC123", 6, true, &pin) !=
               TOK_OK ||
           pin_new(page, role, (const uint8_t *)"XYZ789", 6, true, &new_pin) !=
               TOK_OK ||
           pin_new(page, role, (const uint8_t *)"ABC124", 6, true,
               &wrong_pin) != TOK_OK;
}

static int free_pins(void **state)
{
    pin_page_free(page);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_card_works_without_a_fault),
        cmocka_unit_test(test_leaves_no_card_verified),
        cmocka_unit_test(test_leaves_no_card_verified_that_keeps_the_pin),
        cmocka_unit_test(test_powers_off_though_the_end_fails),
    };

    return cmocka_run_group_tests(tests, setup_pins, free_pins);
}
