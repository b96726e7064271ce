/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/module/support.h"

/*
 * What programs and people see of a reader's name (PKCS #11 3.1, CK_SLOT_INFO;
 * the log). It is UTF-8, and nothing in it acts on a terminal.
 */

static int reader;

/* A card in the reader NAME. */
static void start_with(const char *name, const char *conf)
{
    CK_ULONG count = 0;

    vcontrol_reset();
    reader = vcontrol_reader_add(name);
    insert(reader, "adult");
    configure(conf);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
}

/* The slot of the authentication key in the last reader that came. */
static CK_SLOT_ID last_slot(void)
{
    CK_SLOT_ID slots[64];
    CK_ULONG count = 64;

    EXPECT(CKR_OK, C_GetSlotList, CK_TRUE, slots, &count);
    assert_int_equal(count, 2);
    return slots[AUTH];
}

static void expect_padded(
    const CK_UTF8CHAR *field, size_t size, const char *text)
{
    size_t len = strlen(text), i;

    assert_true(len <= size);
    assert_memory_equal(field, text, len);
    for (i = len; i < size; i++)
        assert_int_equal(field[i], ' ');
}

#define SIXTEEN "0123456789abcdef"
#define KA "\xE3\x82\xAB"

static const struct {
    const char *name, *description, *manufacturer;
} names[] = {
    {"SONY FeliCa RC-S300/P (1234567) 00 00",
        "SONY FeliCa RC-S300/P (1234567) 00 00 auth", "SONY"},
    {"Gemalto PC Twin Reader 01 00", "Gemalto PC Twin Reader 01 00 auth",
        "Gemalto"},
    {"ACS", "ACS auth", "ACS"},
    {"[interface] 00 00", "[interface] 00 00 auth", ""},
    {"00 00", "00 00 auth", ""},
    {" Reader", " Reader auth", ""},
    {"\x1B[31mRed\x07\n\x7F 00 00", "?[31mRed??? 00 00 auth", ""},
    {"A\x1B"
     "B\xC2\x9B"
     "C 00 00",
        "A?B?C 00 00 auth", "A?B?C"},
    {"A\xE2\x80\xAEog\xE2\x81\xA6 00 00", "A?og? 00 00 auth", "A?og?"},
    {"Caf\xE9 Reader", "Caf? Reader auth", "Caf?"},
    {KA KA " Reader", KA KA " Reader auth", KA KA},
    /* Cut where a character ends: 59 bytes of the name, 32 of its maker. */
    {SIXTEEN SIXTEEN SIXTEEN "0123456789abcdef",
        SIXTEEN SIXTEEN SIXTEEN "0123456789a auth", ""},
    {"x" SIXTEEN "012345678"
     "0123" KA KA KA KA KA KA KA KA KA KA KA KA,
        "x" SIXTEEN "012345678"
        "0123" KA KA KA KA KA KA KA KA KA " auth",
        "x" SIXTEEN "012345678"
        "0123"},
};

static void test_reader_name_in_slot_info(void **state)
{
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        CK_SLOT_INFO info;
        start_with(names[i].name, NULL);
        EXPECT(CKR_OK, C_GetSlotInfo, last_slot(), &info);
        expect_padded(info.slotDescription, sizeof info.slotDescription,
            names[i].description);
        expect_padded(info.manufacturerID, sizeof info.manufacturerID,
            names[i].manufacturer);
        end_test(state);
    }
}

/* PC/SC is asked for the reader by the name that it gave. */
static void test_reader_name_in_pcsc(void **state)
{
    CK_SESSION_HANDLE session;

    start_with("Caf\xE9 \x1B[31m\xE2\x80\xAE 00 00", NULL);
    session = open_session(last_slot());
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    assert_int_equal(count_objects(session), 3);
}

/* The log, whatever it is given to say, is ASCII here. */
static void test_reader_name_in_log(void **state)
{
    char path[] = P_tmpdir "/jpki-names-test-XXXXXX", conf[128];
    int fd = mkstemp(path), c;
    bool said = false;
    FILE *file;

    assert_true(fd >= 0);
    close(fd);
    assert_true(snprintf(conf, sizeof conf, "[log]\nlevel = debug\nfile = %s\n",
                    path) > 0);
    start_with("Caf\xE9 \x1B[31m\xE2\x80\xAE 00 00", conf);
    (void)open_session(last_slot());
    EXPECT(CKR_OK, C_Finalize, NULL);
    file = fopen(path, "r");
    assert_non_null(file);
    while ((c = fgetc(file)) != EOF) {
        assert_true(c == '\n' || (c >= ' ' && c <= '~'));
        said = said || c == '?';
    }
    assert_true(said);
    (void)fclose(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reader_name_in_slot_info),
        TEST(test_reader_name_in_pcsc),
        TEST(test_reader_name_in_log),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
