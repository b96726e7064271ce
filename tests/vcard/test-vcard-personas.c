/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vcard/script.h"

/* Each persona differs from the card of the fact sheet in what its name says.
 */

static const struct step empty_sign_file[] = STEPS(OK(SELECT_JPKI),
    OK(SELECT_SIGN_CERT), GIVES(READ_10, 16), SW(SELECT_SIGN_KEY, 6A82),
    OK(SELECT_SIGN_PIN), SW(QUERY, 63C0), SW(VERIFY_SIGN, 6984));

static const struct {
    const char *persona;
    const struct step *steps;
} scripts[] = {
    {"child-6a82", SCRIPT(OK(SELECT_JPKI), SW(SELECT_SIGN_CERT, 6A82),
                       SW(SELECT_SIGN_KEY, 6A82), SW(SELECT_SIGN_PIN, 6A82),
                       SW("0020009B", 6A88), GIVES("00B08A0010", 16))},
    {"child-zeros", empty_sign_file},
    {"child-ff", empty_sign_file},
    {"child-empty",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_CERT), SW(READ_10, 6B00))},
    {"child-6982",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_CERT), SW(READ_10, 6982))},
    {"child-ff-late",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_PIN), OK(VERIFY_SIGN),
            OK(SELECT_SIGN_CERT), GIVES(READ_10, 16))},
    {"auth-declined",
        SCRIPT(OK(SELECT_JPKI), SW("00A4020C02 000A", 6A82),
            SW(SELECT_AUTH_PIN, 6A82), SW(SELECT_AUTH_KEY, 6A82),
            OK(SELECT_SIGN_PIN), OK(VERIFY_SIGN), GIVES(SIGN_SIGN, 256))},
    {"face", SCRIPT(OK(SELECT_JPKI), GIVES("00B08A0010", 16),
                 OK(SELECT_AUTH_PIN), SW(QUERY, 63C0), SW(VERIFY_AUTH, 6984),
                 SW(SELECT_SIGN_CERT, 6A82))},
    {"phone", SCRIPT(OK(SELECT_JPKI), OK("00A4020C02 000A"), SW(READ_10, 6982),
                  OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH), OK("00A4020C02 000A"),
                  GIVES(READ_10, 16))},
    {"locked-auth",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), SW(QUERY, 63C0),
            SW(VERIFY_AUTH, 6984), OK(SELECT_SIGN_PIN), OK(VERIFY_SIGN))},
    {"locked-sign",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_SIGN_PIN), SW(QUERY, 63C0),
            SW(VERIFY_SIGN, 6984), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH))},
    {"last-try", SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), SW(QUERY, 63C1),
                     OK(VERIFY_AUTH), SW(QUERY, 63C3), OK(SELECT_SIGN_PIN),
                     SW(VERIFY_SIGN_WRONG, 63C0), SW(VERIFY_SIGN, 6984))},
    {"foreign", SCRIPT(SW(SELECT_JPKI, 6A82), OK(SELECT_ISD))},
    {"quirk-short-ids",
        SCRIPT(OK(SELECT_JPKI), SW("00B0860010", 6A86), SW("00200098", 6A86),
            OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH), SW(SIGN_AUTH, 6A86),
            OK(SELECT_AUTH_KEY), GIVES("802A008003 010203 00", 256))},
    {"quirk-short-ids-6a82",
        SCRIPT(OK(SELECT_JPKI), SW("00B0860010", 6A82), SW(SIGN_AUTH, 6A82),
            OK("00A4020C02 0006"), GIVES(READ_10, 16))},
    {"quirk-short-ids-6d00",
        SCRIPT(OK(SELECT_JPKI), SW("00B0860010", 6D00), SW(SIGN_AUTH, 6D00),
            OK("00A4020C02 0006"), GIVES(READ_10, 16))},
    {"quirk-no-ef0008", SCRIPT(OK(SELECT_JPKI), SW("00A4020C02 0008", 6A82),
                            SW("00B0880003", 6A82))},
    {"quirk-reset-drops",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
            EVENT(WARM_RESET), OK(SELECT_JPKI), SW(SIGN_AUTH, 6982))},
    {"quirk-query-selects",
        SCRIPT(OK(SELECT_JPKI), OK("00A4020C02 0006"), SW("00200080", 6A88),
            SW("0020009B", 63C5), SW("00200080", 63C5), SW("00200098", 63C3),
            SW("00200080", 63C3))},
    {"quirk-select-keeps",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
            OK(SELECT_ISD), OK(SELECT_COMMON), OK(SELECT_JPKI),
            GIVES(SIGN_AUTH, 256), EVENT(POWER_OFF_ON), OK(SELECT_JPKI),
            SW(SIGN_AUTH, 6982))},
    {"quirk-6983", SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN),
                       SW(VERIFY_AUTH_WRONG, 63C2), SW(VERIFY_AUTH_WRONG, 63C1),
                       SW(VERIFY_AUTH_WRONG, 63C0), SW(VERIFY_AUTH, 6983))},
    {"quirk-6f00-first",
        SCRIPT(SW(SELECT_JPKI, 6F00), OK(SELECT_JPKI), EVENT(WARM_RESET),
            OK(SELECT_JPKI), EVENT(POWER_OFF_ON), SW(SELECT_JPKI, 6F00),
            OK(SELECT_JPKI))},
    {"quirk-no-pss",
        SCRIPT(OK(SELECT_JPKI), SW("802A049701 00 00", 6A86),
            SW("802A059701 00 00", 6A86), SW("802A0F9701 00 00", 6A86),
            SW("802A039701 00 00", 6982))},
    {"quirk-access-first",
        SCRIPT(OK(SELECT_JPKI), SW("802A049701 00 00", 6982),
            SW("802A0F9701 00 00", 6982), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
            SW("802A0F9701 00 00", 6A86), SW("802A049701 00 00", 6985))},
    {"quirk-no-isd",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
            SW(SELECT_ISD, 6A82), GIVES(SIGN_AUTH, 256), OK(SELECT_COMMON),
            OK(SELECT_JPKI), SW(SIGN_AUTH, 6982))},
    {"quirk-no-foreign",
        SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
            SW(SELECT_ISD, 6A82), SW(SELECT_COMMON, 6A82),
            SW(SELECT_TEXT, 6A82), GIVES(SIGN_AUTH, 256), EVENT(POWER_OFF_ON),
            OK(SELECT_JPKI), SW(SIGN_AUTH, 6982))},
    {"quirk-6300", SCRIPT(OK(SELECT_JPKI), OK(SELECT_AUTH_PIN),
                       SW(VERIFY_AUTH_WRONG, 6300), SW(QUERY, 63C2),
                       SW(VERIFY_AUTH_WRONG, 6300), SW(VERIFY_AUTH_WRONG, 6300),
                       SW(VERIFY_AUTH, 6984))},
    {"quirk-6cxx", SCRIPT(OK(SELECT_JPKI), OK("00A4020C02 0006"),
                       SW("00B0000000", 6CA0), GIVES("00B00000A0", 160),
                       SW("00B0008021", 6C20), SW("00B000A001", 6B00))},
    {"quirk-6282", SCRIPT(OK(SELECT_JPKI), OK("00A4020C02 0006"),
                       {"00B0000000", 0x6282, 160}, GIVES("00B00000A0", 160))},
    {"quirk-61xx",
        SCRIPT(OK(SELECT_JPKI), SW("00C0000000", 6985), OK(SELECT_AUTH_PIN),
            OK(VERIFY_AUTH), SW(SIGN_AUTH, 6100), {"00C0000080", 0x6180, 128},
            GIVES("00C0000000", 128), SW("00C0000000", 6985),
            /* Another command in between and the answer is gone. */
            SW(SIGN_AUTH, 6100), OK(SELECT_AUTH_PIN), SW("00C0000000", 6985))},
};

static void test_scripts(void **state)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        print_message("%s\n", scripts[i].persona);
        script_persona(scripts[i].persona, scripts[i].steps);
    }
}

/* What is in EF 0008 and the first bytes of EF 0001. */
static void test_what_the_files_say(void **state)
{
    static const struct {
        const char *persona;
        const char *present;
        const char *padding; /* of EF 0001, NULL: not readable here */
    } rows[] = {
        {"adult", "\x8F\x8F\x00", NULL},
        {"auth-declined", "\x8F\x00\x00", NULL},
        {"face", "\x00\x8F\x00", NULL},
        {"child-zeros", "\x00\x8F\x00", "\x00\x00\x00\x00"},
        {"child-ff", "\x00\x8F\x00", "\xFF\xFF\xFF\xFF"},
        {"child-ff-late", "\x8F\x8F\x00", NULL},
    };
    uint8_t bytes[256];
    size_t len = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vcard *card = script_card(rows[i].persona);
        assert_int_equal(script_send(card, SELECT_JPKI, NULL, NULL), 0x9000);
        assert_int_equal(script_send(card, "00B0880000", bytes, &len), 0x9000);
        assert_int_equal(len, 3);
        assert_memory_equal(bytes, rows[i].present, 3);
        if (rows[i].padding) {
            assert_int_equal(
                script_send(card, "00B0810004", bytes, &len), 0x9000);
            assert_memory_equal(bytes, rows[i].padding, 4);
        }
        vcard_free(card);
    }
}

static void test_labels_and_answers_to_reset(void **state)
{
    static const struct {
        const char *persona, *label;
        uint8_t t0;
    } rows[] = {
        {"adult", "JPKIAPICCTOKEN2  ", 0xE0},
        {"juki", "JPKIAPICCTOKEN   ", 0xE0},
        {"phone", "JPKIAPGPSETOKEN  ", 0x88},
    };
    uint8_t bytes[256];
    size_t len = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vcard *card = script_card(rows[i].persona);
        const uint8_t *atr = vcard_atr(card, &len);
        assert_in_range(len, 2, 33);
        assert_int_equal(atr[0], 0x3B);
        assert_int_equal(atr[1], rows[i].t0);
        assert_int_equal(script_send(card, SELECT_JPKI, NULL, NULL), 0x9000);
        assert_int_equal(script_send(card, "00B0860000", bytes, &len), 0x9000);
        assert_memory_equal(bytes, rows[i].label, strlen(rows[i].label));
        vcard_free(card);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_what_the_files_say),
        cmocka_unit_test(test_labels_and_answers_to_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
