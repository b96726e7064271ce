/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vcard/persona.h"
#include "tests/vcard/script.h"

/* docs/card.md 1.1 to 1.7, line by line, on the card it describes. */

static void test_applications(void **state)
{
    /* The security domain is selected at power-up: no JPKI file there. */
    script_persona(
        "adult", SCRIPT(SW("00A4020C02 000A", 6A82), OK(SELECT_ISD),
                     OK(SELECT_JPKI), OK(SELECT_COMMON), OK(SELECT_JUKI),
                     OK(SELECT_VISUAL), OK(SELECT_TEXT),
                     /* A shortened AID selects too, a longer one does not. */
                     OK("00A4040C03 D392F0"), OK("00A4020C02 000A"),
                     SW("00A4040C0B D392F00026010000000100", 6A82),
                     SW("00A4040C05 0102030405", 6A82),
                     /* P2 = 00 with Le: FCI. */
                     GIVES("00A404000A D392F000260100000001 00", 14),
                     SW("00A404010A D392F000260100000001", 6A86)));
}

static void test_failed_select_changes_nothing(void **state)
{
    script_persona("adult",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
            SW("00A4040C05 0102030405", 6A82), SW("00A4020C02 0BAD", 6A82),
            SW(QUERY, 63C3), GIVES(SIGN_AUTH, 256)));
}

static void test_files(void **state)
{
    script_persona("adult",
        SCRIPT(OK(SELECT_JPKI), SW("00B0000010", 6986), OK("00A4020C02 000A"),
            GIVES("00B0000000", 256), GIVES("00B0000004", 4),
            GIVES("00B0000304", 4),
            /* The file ends at 2048: 07FE leaves two bytes, 0800 none. */
            GIVES("00B007FE10", 2), SW("00B0080001", 6B00),
            SW("00B07FFF01", 6B00), SW("00B00000", 6700),
            SW("00B00000010000", 6700), OK("00A4020C02 0002"),
            GIVES("00B0000010", 16), OK("00A4020C02 000B"),
            GIVES("00B0000010", 16), OK("00A4020C02 0006"),
            GIVES("00B0000000", 160), OK("00A4020C02 0008"),
            GIVES("00B0000000", 3), OK("00A4020C02 0009"),
            SW("00B0000010", 6982), SW("00A4020C02 0003", 6A82),
            SW("00A4020C01 00", 6700), SW("00A4010C02 0006", 6A86),
            /* A PIN or a key is no file to read. */
            OK(SELECT_AUTH_PIN), SW("00B0000010", 6981),
            /* Selecting the application again leaves no current file. */
            OK(SELECT_JPKI), SW("00B0000010", 6986)));
}

static void test_short_file_ids(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_JPKI), GIVES("00B0860010", 16),
                     /* and it selected the file */
                     GIVES("00B0009010", 16), GIVES("00B08600A0", 160),
                     GIVES("00B0869F01", 1), SW("00B086A001", 6B00),
                     SW("00B0830010", 6A82), SW("00B0800010", 6A86),
                     SW("00B09F0010", 6A86), SW("00B0A60010", 6A86),
                     SW("00B0810010", 6982)));
}

static void test_signing_certificate_wants_its_pin(void **state)
{
    script_persona("adult",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_CERT), SW(READ_10, 6982),
            OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH), OK(SELECT_SIGN_CERT),
            SW(READ_10, 6982), OK(SELECT_SIGN_PIN), OK(VERIFY_SIGN),
            OK(SELECT_SIGN_CERT), GIVES(READ_10, 16)));
}

static void test_query_costs_nothing_and_tells_nothing(void **state)
{
    script_persona("adult",
        SCRIPT(OK(SELECT_JPKI), SW(QUERY, 6986), OK(SELECT_AUTH_PIN),
            SW(QUERY, 63C3), SW(QUERY, 63C3), SW("0020008000", 6700),
            SW("0020008004 31323334 00", 6700), SW("0020018004 31323334", 6A86),
            SW("0020008011 3132333431323334313233343132333431", 6700),
            SW(QUERY, 63C3), OK(VERIFY_AUTH), SW(QUERY, 63C3),
            OK(SELECT_SIGN_PIN), SW(QUERY, 63C5), OK("00A4020C02 000A"),
            SW(QUERY, 6A88)));
}

static void test_pins_are_compared_as_bytes(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_PIN),
                     /* lower case */
                     SW("0020008006 616263313233", 63C4),
                     /* padded to 16 */
                     SW("0020008010 41424331323300000000000000000000", 63C3),
                     /* cut */
                     SW("0020008005 4142433132", 63C2), OK(VERIFY_SIGN),
                     SW(QUERY, 63C5)));
}

static void test_pin_blocks_after_its_last_try(void **state)
{
    script_persona("adult",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN),
            SW(VERIFY_AUTH_WRONG, 63C2), SW(VERIFY_AUTH_WRONG, 63C1),
            SW(VERIFY_AUTH_WRONG, 63C0), SW(VERIFY_AUTH_WRONG, 6984),
            SW(VERIFY_AUTH, 6984), SW(QUERY, 63C0), EVENT(POWER_OFF_ON),
            OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), SW(VERIFY_AUTH, 6984),
            OK(SELECT_SIGN_PIN), OK(VERIFY_SIGN)));
}

static void test_wrong_pin_ends_that_log_in_only(void **state)
{
    script_persona("adult",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_PIN), OK(VERIFY_SIGN),
            OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH), SW(VERIFY_AUTH_WRONG, 63C2),
            SW(SIGN_AUTH, 6982), GIVES(SIGN_SIGN, 256)));
}

static void test_pins_by_short_id(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_JPKI), SW("00200098", 63C3),
                     SW("0020009B", 63C5), OK("0020009804 31323334"),
                     OK("0020009B06 414243313233"), GIVES(SIGN_AUTH, 256),
                     GIVES(SIGN_SIGN, 256), SW("00200097", 6A88)));
}

static void test_what_ends_a_log_in(void **state)
{
    static const struct step log_in[] =
        STEPS(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
            OK(SELECT_SIGN_PIN), OK(VERIFY_SIGN));
    static const struct {
        const char *event;
        unsigned sw;
    } events[] = {
        {SELECT_JPKI, 0x9000},
        {WARM_RESET, 0x9000},
        {POWER_OFF_ON, 0x6982},
        {SELECT_ISD, 0x6982},
        {SELECT_COMMON, 0x6982},
        {SELECT_JUKI, 0x6982},
        {SELECT_VISUAL, 0x6982},
        {SELECT_TEXT, 0x6982},
    };
    struct vcard *card = script_card("adult");
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        const struct step steps[] = {
            {events[i].event, 0x9000, 0},
            {SELECT_JPKI, 0x9000, 0},
            {SIGN_AUTH, events[i].sw, -1},
            {SIGN_SIGN, events[i].sw, -1},
            {NULL, 0, 0},
        };
        script_run(card, log_in);
        script_run(card, steps);
    }
    vcard_free(card);
}

static void test_change_of_a_pin(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN),
                     SW("0024018004 35363738", 6982), OK(VERIFY_AUTH),
                     SW("0024008004 35363738", 6A86), SW("00240180", 6700),
                     SW("0024018004 35363738 00", 6700),
                     OK("0024018004 35363738"), GIVES(SIGN_AUTH, 256),
                     SW(VERIFY_AUTH, 63C2), OK("0020008004 35363738"),
                     /* The card does not care what a PIN looks like. */
                     OK("0024018001 FF"), EVENT(POWER_OFF_ON), OK(SELECT_JPKI),
                     OK(SELECT_AUTH_PIN), OK("0020008001 FF")));
}

static void test_classes_and_instructions(void **state)
{
    script_persona("adult",
        SCRIPT(/* No master file: refused after a reset, later without effect.
                */
            SW("00A40000", 6A86), SW("00A4000C02 3F00", 6A82), OK(SELECT_JPKI),
            OK("00A40000"), OK("00A4020C02 0006"), SW("01B0000010", 6881),
            SW("03B0000010", 6881), SW("81 2A 00 97", 6881),
            SW("08B0000010", 69FC), SW("A0B0000010", 6E00),
            SW("00CA004500", 6D00), SW("00C0000000", 6D00),
            SW("802E0000", 6D00), SW("80FC0000", 6700), SW("00B0", 6700)));
}

static void test_cards_serial(void **state)
{
    uint8_t record[256];
    size_t len = 0;
    struct vcard *card = script_card("adult");
    static const struct step steps[] = STEPS(OK(SELECT_COMMON),
        SW("00B2010400", 6986), OK("00A4020C02 0001"), GIVES("00B2010400", 30),
        SW("00B2020400", 6A83), SW("00B2010500", 6A86));
    script_run(card, steps);
    assert_int_equal(script_send(card, "00B2010C00", record, &len), 0x9000);
    assert_int_equal(len, 30);
    assert_memory_equal(record, "\x01\x1C", 2);
    assert_memory_equal(record + 17, "13221", 5);
    vcard_free(card);
}

static void test_token_information(void **state)
{
    uint8_t info[256];
    size_t len = 0;
    struct vcard *card = script_card("adult");
    assert_int_equal(script_send(card, SELECT_JPKI, NULL, NULL), 0x9000);
    assert_int_equal(script_send(card, "00B0860000", info, &len), 0x9000);
    assert_int_equal(len, 160);
    assert_memory_equal(info, "JPKIAPICCTOKEN2                 ", 32);
    assert_memory_equal(info + 80, "0000000020500003", 16);
    assert_memory_equal(info + 96, "\x00\x00\x04\x0D\x00\x00\x00\x01", 8);
    assert_memory_equal(info + 140, "0301", 4);
    vcard_free(card);
}

static void test_two_cards_of_one_folder_agree(void **state)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    assert_int_equal(vcard_persona_copy("adult", folder), 0);
    struct vcard *one = vcard_load(folder);
    struct vcard *two = vcard_load(folder);
    assert_non_null(one);
    assert_non_null(two);
    vcard_power_on(one);
    vcard_power_on(two);
    static const struct step wrong[] = STEPS(
        OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), SW(VERIFY_AUTH_WRONG, 63C2));
    static const struct step seen[] = STEPS(OK(SELECT_JPKI),
        OK(SELECT_AUTH_PIN), SW(QUERY, 63C2), SW(VERIFY_AUTH_WRONG, 63C1));
    script_run(one, wrong);
    script_run(two, seen);
    assert_int_equal(script_send(one, QUERY, NULL, NULL), 0x63C1);
    vcard_free(one);
    vcard_free(two);
}

static void test_ledger(void **state)
{
    struct vcard_ledger ledger;
    struct vcard *card = script_card("adult");
    static const struct step steps[] =
        STEPS(OK(SELECT_JPKI), OK(SELECT_SIGN_PIN), SW(QUERY, 63C5),
            SW(VERIFY_SIGN_WRONG, 63C4), SW(SIGN_SIGN, 6982), OK(VERIFY_SIGN),
            GIVES(SIGN_SIGN, 256), EVENT(WARM_RESET));
    script_run(card, steps);
    vcard_ledger(card, &ledger);
    assert_int_equal(ledger.apdus, 7);
    assert_int_equal(ledger.selects, 1);
    assert_int_equal(ledger.queries[1], 1);
    assert_int_equal(ledger.verifies[1], 2);
    assert_int_equal(ledger.wrong[1], 1);
    assert_int_equal(ledger.verifies[0], 0);
    assert_int_equal(ledger.denied, 1);
    assert_int_equal(ledger.signatures[1], 1);
    assert_int_equal(ledger.power_ons, 1);
    assert_int_equal(ledger.warm_resets, 1);
    assert_int_equal(ledger.tries[0], 3);
    assert_int_equal(ledger.tries[1], 5);
    assert_true(ledger.verified[1]);
    assert_false(ledger.verified[0]);
    assert_int_equal(ledger.last_pin_len, 6);
    assert_memory_equal(ledger.last_pin, "ABC123", 6);
    vcard_free(card);
}

static void test_card_without_power_is_silent(void **state)
{
    uint8_t response[258];
    struct vcard *card = script_card("adult");
    vcard_power_off(card);
    assert_int_equal(
        vcard_transmit(card, (const uint8_t *)"\0\x20\0\x80", 4, response), 0);
    vcard_free(card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_applications),
        cmocka_unit_test(test_failed_select_changes_nothing),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_short_file_ids),
        cmocka_unit_test(test_signing_certificate_wants_its_pin),
        cmocka_unit_test(test_query_costs_nothing_and_tells_nothing),
        cmocka_unit_test(test_pins_are_compared_as_bytes),
        cmocka_unit_test(test_pin_blocks_after_its_last_try),
        cmocka_unit_test(test_wrong_pin_ends_that_log_in_only),
        cmocka_unit_test(test_pins_by_short_id),
        cmocka_unit_test(test_what_ends_a_log_in),
        cmocka_unit_test(test_change_of_a_pin),
        cmocka_unit_test(test_classes_and_instructions),
        cmocka_unit_test(test_cards_serial),
        cmocka_unit_test(test_token_information),
        cmocka_unit_test(test_two_cards_of_one_folder_agree),
        cmocka_unit_test(test_ledger),
        cmocka_unit_test(test_card_without_power_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
