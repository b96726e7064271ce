/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vcard/persona.h"
#include "tests/vcard/script.h"

/* The text application, docs/card.md 1.9. */

#define SELECT_TEXT_PIN "00A4020C02 0011"
#define SELECT_ATTRIBUTES "00A4020C02 0002"
#define SELECT_NUMBER "00A4020C02 0001"
#define VERIFY_TEXT "0020008004 32343638"
#define VERIFY_TEXT_WRONG "0020008004 31323334"
#define TEXT 2 /* in the ledger */

static void test_attributes_want_the_pin(void **state)
{
    script_persona("adult",
        SCRIPT(OK(SELECT_TEXT), OK(SELECT_ATTRIBUTES), SW(READ_10, 6982),
            SW("00B0820010", 6982), OK(SELECT_TEXT_PIN), SW(QUERY, 63C3),
            OK(VERIFY_TEXT), SW(QUERY, 63C3), OK(SELECT_ATTRIBUTES),
            GIVES(READ_10, 16), GIVES("00B0820010", 16)));
}

static void test_the_pin_has_tries_of_its_own(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_TEXT), OK(SELECT_TEXT_PIN),
                     SW(VERIFY_TEXT_WRONG, 63C2), SW(VERIFY_TEXT_WRONG, 63C1),
                     SW(VERIFY_TEXT_WRONG, 63C0), SW(VERIFY_TEXT, 6984),
                     SW(QUERY, 63C0), OK(SELECT_JPKI), OK(SELECT_AUTH_PIN),
                     SW(QUERY, 63C3), OK(VERIFY_AUTH)));
}

static void test_the_pin_can_be_changed(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_TEXT), OK(SELECT_TEXT_PIN),
                     SW("0024018004 39393939", 6982), OK(VERIFY_TEXT),
                     OK("0024018004 39393939"), SW(VERIFY_TEXT, 63C2),
                     OK("0020008004 39393939")));
}

static void test_an_application_ends_the_other_ones_log_in(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
                     OK(SELECT_TEXT), OK(SELECT_TEXT_PIN), OK(VERIFY_TEXT),
                     /* Its own SELECT does not. */
                     OK(SELECT_TEXT), OK(SELECT_ATTRIBUTES), GIVES(READ_10, 16),
                     OK(SELECT_JPKI), SW(SIGN_AUTH, 6982), OK(SELECT_TEXT),
                     OK(SELECT_ATTRIBUTES), SW(READ_10, 6982)));
}

/* Files and PINs of one application are not those of the other. */
static void test_ids_are_the_applications_own(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_JPKI), SW(SELECT_TEXT_PIN, 6A82),
                     SW("00200091", 6A88), OK(SELECT_TEXT),
                     SW(SELECT_AUTH_PIN, 6A82), SW(SELECT_SIGN_PIN, 6A82),
                     SW("00200098", 6A88), SW("00A4020C02 0006", 6A82)));
}

static void test_cards_without_it(void **state)
{
    script_persona("phone", SCRIPT(SW(SELECT_TEXT, 6A82), OK(SELECT_JPKI)));
    script_persona("juki", SCRIPT(SW(SELECT_TEXT, 6A82), OK(SELECT_JPKI)));
    script_persona(
        "face", SCRIPT(OK(SELECT_TEXT), OK(SELECT_TEXT_PIN), SW(QUERY, 63C0)));
    script_persona("text-locked", SCRIPT(OK(SELECT_TEXT), OK(SELECT_TEXT_PIN),
                                      SW(QUERY, 63C0), SW(VERIFY_TEXT, 6984)));
    script_persona("text-last-try",
        SCRIPT(OK(SELECT_TEXT), OK(SELECT_TEXT_PIN), SW(QUERY, 63C1)));
}

/* FF20, the offsets of the four fields in DF21, and DF22 to DF25. */
static void test_format_of_the_attributes(void **state)
{
    static const uint8_t fields[][2] = {
        {0xDF, 0x22}, {0xDF, 0x23}, {0xDF, 0x24}, {0xDF, 0x25}};
    struct vcard *card = script_card("moved");
    uint8_t body[256];
    size_t len = 0;

    script_run(card, SCRIPT(OK(SELECT_TEXT), OK(SELECT_TEXT_PIN),
                         OK(VERIFY_TEXT), OK(SELECT_ATTRIBUTES)));
    assert_int_equal(script_send(card, "00B0000000", body, &len), 0x9000);
    assert_memory_equal(body, "\xFF\x20", 2);
    /* Behind tag and length, which one byte tells. */
    assert_memory_equal(body + 3, "\xDF\x21\x08", 3);
    for (size_t i = 0; i < 4; i++) {
        size_t at = (size_t)body[6 + 2 * i] << 8 | body[7 + 2 * i];
        assert_memory_equal(body + at, fields[i], 2);
    }
    vcard_free(card);
}

static void test_the_individual_number_is_noticed(void **state)
{
    struct vcard_ledger ledger;
    struct vcard *card = script_card("adult");

    script_run(card, SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_CERT),
                         OK(SELECT_TEXT), OK(SELECT_TEXT_PIN), OK(VERIFY_TEXT),
                         OK(SELECT_ATTRIBUTES), GIVES(READ_10, 16)));
    vcard_ledger(card, &ledger);
    assert_int_equal(ledger.numbers, 0);
    assert_int_equal(ledger.verifies[TEXT], 1);
    assert_true(ledger.verified[TEXT]);
    assert_true(vcard_is_verified(card));
    script_run(card, SCRIPT(OK(SELECT_NUMBER), GIVES("00B0000011", 17)));
    vcard_ledger(card, &ledger);
    assert_int_equal(ledger.numbers, 2);
    script_run(card, SCRIPT(OK(SELECT_ATTRIBUTES), GIVES("00B0810011", 17)));
    vcard_ledger(card, &ledger);
    assert_int_equal(ledger.numbers, 3);
    vcard_free(card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes_want_the_pin),
        cmocka_unit_test(test_the_pin_has_tries_of_its_own),
        cmocka_unit_test(test_the_pin_can_be_changed),
        cmocka_unit_test(test_an_application_ends_the_other_ones_log_in),
        cmocka_unit_test(test_ids_are_the_applications_own),
        cmocka_unit_test(test_cards_without_it),
        cmocka_unit_test(test_format_of_the_attributes),
        cmocka_unit_test(test_the_individual_number_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
