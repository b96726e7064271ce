/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vcard/script.h"

/* Each persona differs from the card of the fact sheet in what its name says.
 */

static const struct step no_sign_file[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_SIGN_CERT, 0x6A82, 0},
    {SELECT_SIGN_KEY, 0x6A82, 0},
    {SELECT_SIGN_PIN, 0x6A82, 0},
    {"0020009B", 0x6A88, 0},
    {"00B08A0010", 0x9000, 16},
    {NULL, 0, 0},
};

static const struct step empty_sign_file[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_SIGN_CERT, 0x9000, 0},
    {READ_10, 0x9000, 16},
    {SELECT_SIGN_KEY, 0x6A82, 0},
    {SELECT_SIGN_PIN, 0x9000, 0},
    {QUERY, 0x63C0, 0},
    {VERIFY_SIGN, 0x6984, 0},
    {NULL, 0, 0},
};

static const struct step no_bytes[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_SIGN_CERT, 0x9000, 0},
    {READ_10, 0x6B00, 0},
    {NULL, 0, 0},
};

static const struct step denied_for_ever[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_SIGN_CERT, 0x9000, 0},
    {READ_10, 0x6982, 0},
    {NULL, 0, 0},
};

static const struct step ff_after_log_in[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_SIGN_PIN, 0x9000, 0},
    {VERIFY_SIGN, 0x9000, 0},
    {SELECT_SIGN_CERT, 0x9000, 0},
    {READ_10, 0x9000, 16},
    {NULL, 0, 0},
};

static const struct step no_auth[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00A4020C02 000A", 0x6A82, 0},
    {SELECT_AUTH_PIN, 0x6A82, 0},
    {SELECT_AUTH_KEY, 0x6A82, 0},
    {SELECT_SIGN_PIN, 0x9000, 0},
    {VERIFY_SIGN, 0x9000, 0},
    {SIGN_SIGN, 0x9000, 256},
    {NULL, 0, 0},
};

static const struct step face[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00B08A0010", 0x9000, 16},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {QUERY, 0x63C0, 0},
    {VERIFY_AUTH, 0x6984, 0},
    {SELECT_SIGN_CERT, 0x6A82, 0},
    {NULL, 0, 0},
};

static const struct step phone[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00A4020C02 000A", 0x9000, 0},
    {READ_10, 0x6982, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {"00A4020C02 000A", 0x9000, 0},
    {READ_10, 0x9000, 16},
    {NULL, 0, 0},
};

static const struct step locked_auth[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {QUERY, 0x63C0, 0},
    {VERIFY_AUTH, 0x6984, 0},
    {SELECT_SIGN_PIN, 0x9000, 0},
    {VERIFY_SIGN, 0x9000, 0},
    {NULL, 0, 0},
};

static const struct step locked_sign[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_SIGN_PIN, 0x9000, 0},
    {QUERY, 0x63C0, 0},
    {VERIFY_SIGN, 0x6984, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {NULL, 0, 0},
};

static const struct step last_try[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {QUERY, 0x63C1, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {QUERY, 0x63C3, 0},
    {SELECT_SIGN_PIN, 0x9000, 0},
    {VERIFY_SIGN_WRONG, 0x63C0, 0},
    {VERIFY_SIGN, 0x6984, 0},
    {NULL, 0, 0},
};

static const struct step foreign[] = {
    {SELECT_JPKI, 0x6A82, 0},
    {SELECT_ISD, 0x9000, 0},
    {NULL, 0, 0},
};

static const struct step short_ids[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00B0860010", 0x6A86, 0},
    {"00200098", 0x6A86, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {SIGN_AUTH, 0x6A86, 0},
    {SELECT_AUTH_KEY, 0x9000, 0},
    {"802A008003 010203 00", 0x9000, 256},
    {NULL, 0, 0},
};

static const struct step short_ids_6a82[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00B0860010", 0x6A82, 0},
    {SIGN_AUTH, 0x6A82, 0},
    {"00A4020C02 0006", 0x9000, 0},
    {READ_10, 0x9000, 16},
    {NULL, 0, 0},
};

static const struct step short_ids_6d00[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00B0860010", 0x6D00, 0},
    {SIGN_AUTH, 0x6D00, 0},
    {"00A4020C02 0006", 0x9000, 0},
    {READ_10, 0x9000, 16},
    {NULL, 0, 0},
};

static const struct step no_ef0008[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00A4020C02 0008", 0x6A82, 0},
    {"00B0880003", 0x6A82, 0},
    {NULL, 0, 0},
};

static const struct step reset_drops[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {WARM_RESET, 0, 0},
    {SELECT_JPKI, 0x9000, 0},
    {SIGN_AUTH, 0x6982, 0},
    {NULL, 0, 0},
};

static const struct step query_selects[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00A4020C02 0006", 0x9000, 0},
    {"00200080", 0x6A88, 0},
    {"0020009B", 0x63C5, 0},
    {"00200080", 0x63C5, 0},
    {"00200098", 0x63C3, 0},
    {"00200080", 0x63C3, 0},
    {NULL, 0, 0},
};

static const struct step select_keeps[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {SELECT_ISD, 0x9000, 0},
    {SELECT_COMMON, 0x9000, 0},
    {SELECT_JPKI, 0x9000, 0},
    {SIGN_AUTH, 0x9000, 256},
    {POWER_OFF_ON, 0, 0},
    {SELECT_JPKI, 0x9000, 0},
    {SIGN_AUTH, 0x6982, 0},
    {NULL, 0, 0},
};

static const struct step locked_6983[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH_WRONG, 0x63C2, 0},
    {VERIFY_AUTH_WRONG, 0x63C1, 0},
    {VERIFY_AUTH_WRONG, 0x63C0, 0},
    {VERIFY_AUTH, 0x6983, 0},
    {NULL, 0, 0},
};

static const struct step first_6f00[] = {
    {SELECT_JPKI, 0x6F00, 0},
    {SELECT_JPKI, 0x9000, 0},
    {WARM_RESET, 0, 0},
    {SELECT_JPKI, 0x9000, 0},
    {POWER_OFF_ON, 0, 0},
    {SELECT_JPKI, 0x6F00, 0},
    {SELECT_JPKI, 0x9000, 0},
    {NULL, 0, 0},
};

static const struct step no_pss[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"802A049701 00 00", 0x6A86, 0},
    {"802A059701 00 00", 0x6A86, 0},
    {"802A0F9701 00 00", 0x6A86, 0},
    {"802A039701 00 00", 0x6982, 0},
    {NULL, 0, 0},
};

static const struct step access_first[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"802A049701 00 00", 0x6982, 0},
    {"802A0F9701 00 00", 0x6982, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {"802A0F9701 00 00", 0x6A86, 0},
    {"802A049701 00 00", 0x6985, 0},
    {NULL, 0, 0},
};

static const struct step no_isd[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {SELECT_ISD, 0x6A82, 0},
    {SIGN_AUTH, 0x9000, 256},
    {SELECT_COMMON, 0x9000, 0},
    {SELECT_JPKI, 0x9000, 0},
    {SIGN_AUTH, 0x6982, 0},
    {NULL, 0, 0},
};

static const struct step no_foreign[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {SELECT_ISD, 0x6A82, 0},
    {SELECT_COMMON, 0x6A82, 0},
    {SELECT_TEXT, 0x6A82, 0},
    {SIGN_AUTH, 0x9000, 256},
    {POWER_OFF_ON, 0, 0},
    {SELECT_JPKI, 0x9000, 0},
    {SIGN_AUTH, 0x6982, 0},
    {NULL, 0, 0},
};

static const struct step wrong_6300[] = {
    {SELECT_JPKI, 0x9000, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH_WRONG, 0x6300, 0},
    {QUERY, 0x63C2, 0},
    {VERIFY_AUTH_WRONG, 0x6300, 0},
    {VERIFY_AUTH_WRONG, 0x6300, 0},
    {VERIFY_AUTH, 0x6984, 0},
    {NULL, 0, 0},
};

static const struct step exact_le[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00A4020C02 0006", 0x9000, 0},
    {"00B0000000", 0x6CA0, 0},
    {"00B00000A0", 0x9000, 160},
    {"00B0008021", 0x6C20, 0},
    {"00B000A001", 0x6B00, 0},
    {NULL, 0, 0},
};

static const struct step short_6282[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00A4020C02 0006", 0x9000, 0},
    {"00B0000000", 0x6282, 160},
    {"00B00000A0", 0x9000, 160},
    {NULL, 0, 0},
};

static const struct step get_response[] = {
    {SELECT_JPKI, 0x9000, 0},
    {"00C0000000", 0x6985, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {VERIFY_AUTH, 0x9000, 0},
    {SIGN_AUTH, 0x6100, 0},
    {"00C0000080", 0x6180, 128},
    {"00C0000000", 0x9000, 128},
    {"00C0000000", 0x6985, 0},
    /* Another command in between and the answer is gone. */
    {SIGN_AUTH, 0x6100, 0},
    {SELECT_AUTH_PIN, 0x9000, 0},
    {"00C0000000", 0x6985, 0},
    {NULL, 0, 0},
};

static const struct {
    const char *persona;
    const struct step *steps;
} scripts[] = {
    {"child-6a82", no_sign_file},
    {"child-zeros", empty_sign_file},
    {"child-ff", empty_sign_file},
    {"child-empty", no_bytes},
    {"child-6982", denied_for_ever},
    {"child-ff-late", ff_after_log_in},
    {"auth-declined", no_auth},
    {"face", face},
    {"phone", phone},
    {"locked-auth", locked_auth},
    {"locked-sign", locked_sign},
    {"last-try", last_try},
    {"foreign", foreign},
    {"quirk-short-ids", short_ids},
    {"quirk-short-ids-6a82", short_ids_6a82},
    {"quirk-short-ids-6d00", short_ids_6d00},
    {"quirk-no-ef0008", no_ef0008},
    {"quirk-reset-drops", reset_drops},
    {"quirk-query-selects", query_selects},
    {"quirk-select-keeps", select_keeps},
    {"quirk-6983", locked_6983},
    {"quirk-6f00-first", first_6f00},
    {"quirk-no-pss", no_pss},
    {"quirk-access-first", access_first},
    {"quirk-no-isd", no_isd},
    {"quirk-no-foreign", no_foreign},
    {"quirk-6300", wrong_6300},
    {"quirk-6cxx", exact_le},
    {"quirk-6282", short_6282},
    {"quirk-61xx", get_response},
};

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        print_message("%s\n", scripts[i].persona);
        script_persona(scripts[i].persona, scripts[i].steps);
    }
}

/* What is in EF 0008 and the first bytes of EF 0001. */
static void test_what_the_files_say(void **state)
{
    (void)state;
    static const struct {
        const char *persona;
        const char *present;
        const char *filler; /* of EF 0001, NULL: not readable here */
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
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vcard *card = script_card(rows[i].persona);
        assert_int_equal(script_send(card, SELECT_JPKI, NULL, NULL), 0x9000);
        assert_int_equal(script_send(card, "00B0880000", bytes, &len), 0x9000);
        assert_int_equal(len, 3);
        assert_memory_equal(bytes, rows[i].present, 3);
        if (rows[i].filler != NULL) {
            assert_int_equal(
                script_send(card, "00B0810004", bytes, &len), 0x9000);
            assert_memory_equal(bytes, rows[i].filler, 4);
        }
        vcard_free(card);
    }
}

static void test_labels_and_answers_to_reset(void **state)
{
    (void)state;
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
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
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
