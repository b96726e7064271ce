/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vcard/persona.h"
#include "tests/vcard/script.h"

/* card-facts.md 1.1 to 1.7, line by line, on the card it describes. */

static void test_applications(void **state)
{
    (void)state;
    static const struct step steps[] = {
        /* The security domain is selected at power-up: no JPKI file there. */
        {"00A4020C02 000A", 0x6A82, 0},
        {SELECT_ISD, 0x9000, 0},
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_COMMON, 0x9000, 0},
        {SELECT_JUKI, 0x9000, 0},
        {SELECT_VISUAL, 0x9000, 0},
        {SELECT_TEXT, 0x9000, 0},
        /* A shortened AID selects too, a longer one does not. */
        {"00A4040C03 D392F0", 0x9000, 0},
        {"00A4020C02 000A", 0x9000, 0},
        {"00A4040C0B D392F00026010000000100", 0x6A82, 0},
        {"00A4040C05 0102030405", 0x6A82, 0},
        /* P2 = 00 with Le: FCI. */
        {"00A404000A D392F000260100000001 00", 0x9000, 14},
        {"00A404010A D392F000260100000001", 0x6A86, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_a_failed_select_changes_nothing(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {VERIFY_AUTH, 0x9000, 0},
        {"00A4040C05 0102030405", 0x6A82, 0},
        {"00A4020C02 0BAD", 0x6A82, 0},
        {QUERY, 0x63C3, 0},
        {SIGN_AUTH, 0x9000, 256},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_files(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {"00B0000010", 0x6986, 0},
        {"00A4020C02 000A", 0x9000, 0},
        {"00B0000000", 0x9000, 256},
        {"00B0000004", 0x9000, 4},
        {"00B0000304", 0x9000, 4},
        /* The file ends at 2048: 07FE leaves two bytes, 0800 none. */
        {"00B007FE10", 0x9000, 2},
        {"00B0080001", 0x6B00, 0},
        {"00B07FFF01", 0x6B00, 0},
        {"00B00000", 0x6700, 0},
        {"00B00000010000", 0x6700, 0},
        {"00A4020C02 0002", 0x9000, 0},
        {"00B0000010", 0x9000, 16},
        {"00A4020C02 000B", 0x9000, 0},
        {"00B0000010", 0x9000, 16},
        {"00A4020C02 0006", 0x9000, 0},
        {"00B0000000", 0x9000, 160},
        {"00A4020C02 0008", 0x9000, 0},
        {"00B0000000", 0x9000, 3},
        {"00A4020C02 0009", 0x9000, 0},
        {"00B0000010", 0x6982, 0},
        {"00A4020C02 0003", 0x6A82, 0},
        {"00A4020C01 00", 0x6700, 0},
        {"00A4010C02 0006", 0x6A86, 0},
        /* A PIN or a key is no file to read. */
        {SELECT_AUTH_PIN, 0x9000, 0},
        {"00B0000010", 0x6981, 0},
        /* Selecting the application again leaves no current file. */
        {SELECT_JPKI, 0x9000, 0},
        {"00B0000010", 0x6986, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_short_file_ids(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {"00B0860010", 0x9000, 16},
        /* and it selected the file */
        {"00B0009010", 0x9000, 16},
        {"00B08600A0", 0x9000, 160},
        {"00B0869F01", 0x9000, 1},
        {"00B086A001", 0x6B00, 0},
        {"00B0830010", 0x6A82, 0},
        {"00B0800010", 0x6A86, 0},
        {"00B09F0010", 0x6A86, 0},
        {"00B0A60010", 0x6A86, 0},
        {"00B0810010", 0x6982, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_the_signing_certificate_wants_its_pin(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_SIGN_CERT, 0x9000, 0},
        {READ_10, 0x6982, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {VERIFY_AUTH, 0x9000, 0},
        {SELECT_SIGN_CERT, 0x9000, 0},
        {READ_10, 0x6982, 0},
        {SELECT_SIGN_PIN, 0x9000, 0},
        {VERIFY_SIGN, 0x9000, 0},
        {SELECT_SIGN_CERT, 0x9000, 0},
        {READ_10, 0x9000, 16},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_the_query_costs_nothing_and_tells_nothing(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {QUERY, 0x6986, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {QUERY, 0x63C3, 0},
        {QUERY, 0x63C3, 0},
        {"0020008000", 0x6700, 0},
        {"0020008004 31323334 00", 0x6700, 0},
        {"0020018004 31323334", 0x6A86, 0},
        {"0020008011 3132333431323334313233343132333431", 0x6700, 0},
        {QUERY, 0x63C3, 0},
        {VERIFY_AUTH, 0x9000, 0},
        {QUERY, 0x63C3, 0},
        {SELECT_SIGN_PIN, 0x9000, 0},
        {QUERY, 0x63C5, 0},
        {"00A4020C02 000A", 0x9000, 0},
        {QUERY, 0x6A88, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_pins_are_compared_as_bytes(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_SIGN_PIN, 0x9000, 0},
        /* lower case */
        {"0020008006 616263313233", 0x63C4, 0},
        /* padded to 16 */
        {"0020008010 41424331323300000000000000000000", 0x63C3, 0},
        /* cut */
        {"0020008005 4142433132", 0x63C2, 0},
        {VERIFY_SIGN, 0x9000, 0},
        {QUERY, 0x63C5, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_a_pin_blocks_after_its_last_try(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {VERIFY_AUTH_WRONG, 0x63C2, 0},
        {VERIFY_AUTH_WRONG, 0x63C1, 0},
        {VERIFY_AUTH_WRONG, 0x63C0, 0},
        {VERIFY_AUTH_WRONG, 0x6984, 0},
        {VERIFY_AUTH, 0x6984, 0},
        {QUERY, 0x63C0, 0},
        {POWER_OFF_ON, 0, 0},
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {VERIFY_AUTH, 0x6984, 0},
        {SELECT_SIGN_PIN, 0x9000, 0},
        {VERIFY_SIGN, 0x9000, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_a_wrong_pin_ends_that_log_in_only(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_SIGN_PIN, 0x9000, 0},
        {VERIFY_SIGN, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {VERIFY_AUTH, 0x9000, 0},
        {VERIFY_AUTH_WRONG, 0x63C2, 0},
        {SIGN_AUTH, 0x6982, 0},
        {SIGN_SIGN, 0x9000, 256},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_pins_by_short_id(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {"00200098", 0x63C3, 0},
        {"0020009B", 0x63C5, 0},
        {"0020009804 31323334", 0x9000, 0},
        {"0020009B06 414243313233", 0x9000, 0},
        {SIGN_AUTH, 0x9000, 256},
        {SIGN_SIGN, 0x9000, 256},
        {"00200097", 0x6A88, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_what_ends_a_log_in(void **state)
{
    (void)state;
    static const struct step log_in[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {VERIFY_AUTH, 0x9000, 0},
        {SELECT_SIGN_PIN, 0x9000, 0},
        {VERIFY_SIGN, 0x9000, 0},
        {NULL, 0, 0},
    };
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
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
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
    (void)state;
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {"0024018004 35363738", 0x6982, 0},
        {VERIFY_AUTH, 0x9000, 0},
        {"0024008004 35363738", 0x6A86, 0},
        {"00240180", 0x6700, 0},
        {"0024018004 35363738 00", 0x6700, 0},
        {"0024018004 35363738", 0x9000, 0},
        {SIGN_AUTH, 0x9000, 256},
        {VERIFY_AUTH, 0x63C2, 0},
        {"0020008004 35363738", 0x9000, 0},
        /* The card does not care what a PIN looks like. */
        {"0024018001 FF", 0x9000, 0},
        {POWER_OFF_ON, 0, 0},
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {"0020008001 FF", 0x9000, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_classes_and_instructions(void **state)
{
    (void)state;
    static const struct step steps[] = {
        /* No master file: refused after a reset, later without effect. */
        {"00A40000", 0x6A86, 0},
        {"00A4000C02 3F00", 0x6A82, 0},
        {SELECT_JPKI, 0x9000, 0},
        {"00A40000", 0x9000, 0},
        {"00A4020C02 0006", 0x9000, 0},
        {"01B0000010", 0x6881, 0},
        {"03B0000010", 0x6881, 0},
        {"81 2A 00 97", 0x6881, 0},
        {"08B0000010", 0x69FC, 0},
        {"A0B0000010", 0x6E00, 0},
        {"00CA004500", 0x6D00, 0},
        {"00C0000000", 0x6D00, 0},
        {"802E0000", 0x6D00, 0},
        {"80FC0000", 0x6700, 0},
        {"00B0", 0x6700, 0},
        {NULL, 0, 0},
    };
    script_persona("adult", steps);
}

static void test_the_cards_serial(void **state)
{
    (void)state;
    uint8_t record[256];
    size_t len = 0;
    struct vcard *card = script_card("adult");
    static const struct step steps[] = {
        {SELECT_COMMON, 0x9000, 0},
        {"00B2010400", 0x6986, 0},
        {"00A4020C02 0001", 0x9000, 0},
        {"00B2010400", 0x9000, 30},
        {"00B2020400", 0x6A83, 0},
        {"00B2010500", 0x6A86, 0},
        {NULL, 0, 0},
    };
    script_run(card, steps);
    assert_int_equal(script_send(card, "00B2010C00", record, &len), 0x9000);
    assert_int_equal(len, 30);
    assert_memory_equal(record, "\x01\x1C", 2);
    assert_memory_equal(record + 17, "13221", 5);
    vcard_free(card);
}

static void test_token_information(void **state)
{
    (void)state;
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
    (void)state;
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    assert_int_equal(vcard_persona_copy("adult", folder), 0);
    struct vcard *one = vcard_load(folder);
    struct vcard *two = vcard_load(folder);
    assert_non_null(one);
    assert_non_null(two);
    vcard_power_on(one);
    vcard_power_on(two);
    static const struct step wrong[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {VERIFY_AUTH_WRONG, 0x63C2, 0},
        {NULL, 0, 0},
    };
    static const struct step seen[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_AUTH_PIN, 0x9000, 0},
        {QUERY, 0x63C2, 0},
        {VERIFY_AUTH_WRONG, 0x63C1, 0},
        {NULL, 0, 0},
    };
    script_run(one, wrong);
    script_run(two, seen);
    assert_int_equal(script_send(one, QUERY, NULL, NULL), 0x63C1);
    vcard_free(one);
    vcard_free(two);
}

static void test_the_ledger(void **state)
{
    (void)state;
    struct vcard_ledger ledger;
    struct vcard *card = script_card("adult");
    static const struct step steps[] = {
        {SELECT_JPKI, 0x9000, 0},
        {SELECT_SIGN_PIN, 0x9000, 0},
        {QUERY, 0x63C5, 0},
        {VERIFY_SIGN_WRONG, 0x63C4, 0},
        {SIGN_SIGN, 0x6982, 0},
        {VERIFY_SIGN, 0x9000, 0},
        {SIGN_SIGN, 0x9000, 256},
        {WARM_RESET, 0, 0},
        {NULL, 0, 0},
    };
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

static void test_a_card_without_power_is_silent(void **state)
{
    (void)state;
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
        cmocka_unit_test(test_a_failed_select_changes_nothing),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_short_file_ids),
        cmocka_unit_test(test_the_signing_certificate_wants_its_pin),
        cmocka_unit_test(test_the_query_costs_nothing_and_tells_nothing),
        cmocka_unit_test(test_pins_are_compared_as_bytes),
        cmocka_unit_test(test_a_pin_blocks_after_its_last_try),
        cmocka_unit_test(test_a_wrong_pin_ends_that_log_in_only),
        cmocka_unit_test(test_pins_by_short_id),
        cmocka_unit_test(test_what_ends_a_log_in),
        cmocka_unit_test(test_change_of_a_pin),
        cmocka_unit_test(test_classes_and_instructions),
        cmocka_unit_test(test_the_cards_serial),
        cmocka_unit_test(test_token_information),
        cmocka_unit_test(test_two_cards_of_one_folder_agree),
        cmocka_unit_test(test_the_ledger),
        cmocka_unit_test(test_a_card_without_power_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
