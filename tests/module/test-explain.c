/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/module/other_program.h"

/*
 * Where there is no reader, or no PIN is asked for, the log says why, once, and
 * nothing where nothing is wrong.
 */

static const char log_template[] = P_tmpdir "/jpki-module-log-XXXXXX";
static char log_path[sizeof log_template];
static char log_text[65536];
static const char *last_line; /* of it */

/* CONF and a log of level warn, which is empty. */
static void configure_log(const char *conf)
{
    char text[512];
    int fd;

    memcpy(log_path, log_template, sizeof log_path);
    fd = mkstemp(log_path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(snprintf(text, sizeof text, "%s[log]\nfile = %s\n",
                    conf ? conf : "", log_path) < (int)sizeof text);
    configure(text);
}

static int stop_log(void **state)
{
    end_test(state);
    return unlink(log_path);
}

static unsigned log_lines(void)
{
    FILE *file = fopen(log_path, "r");
    unsigned lines = 0;
    size_t len, i;

    assert_non_null(file);
    len = fread(log_text, 1, sizeof log_text - 1, file);
    (void)fclose(file);
    log_text[len] = '\0';
    last_line = log_text;
    for (i = 0; i < len; i++) {
        lines += log_text[i] == '\n';
        if (log_text[i] == '\n' && i + 1 < len)
            last_line = log_text + i + 1;
    }
    return lines;
}

/* The log has LINES lines, and the last one WORDS. */
static void assert_logged(unsigned lines, const char *words)
{
    assert_int_equal(log_lines(), lines);
    assert_says(last_line, words);
    assert_says(last_line, "] warn: ");
}

static CK_ULONG count_slots(CK_BBOOL with_card)
{
    CK_ULONG count = 4711;

    EXPECT(CKR_OK, C_GetSlotList, with_card, NULL, &count);
    return count;
}

/* What programs do, some of them for each URL. */
static void sees_no_reader_again_and_again(void)
{
    int i;

    for (i = 0; i < 3; i++) {
        assert_int_equal(count_slots(CK_FALSE), 2);
        assert_logged(1, "leaves out every card reader");
        assert_int_equal(count_slots(CK_TRUE), 0);
        reinitialize();
    }
}

/* Ends what earlier tests left: "no readers" was logged. */
static void see_a_reader(void)
{
    int reader = vcontrol_reader_add("Virtual Reader");

    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(count_slots(CK_FALSE), 2);
    EXPECT(CKR_OK, C_Finalize, NULL);
    vcontrol_reader_remove(reader);
    assert_int_equal(log_lines(), 0);
}

/*
 * The reader that was seen keeps its slots, without a card, but for a program
 * that asks for slots with one.
 */
static void test_log_no_pcscd(void **state)
{
    int i;

    configure_log(NULL);
    see_a_reader();
    vcontrol_service(false);
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(log_lines(), 0);
    for (i = 0; i < 3; i++) {
        assert_int_equal(count_slots(CK_TRUE), 0);
        assert_logged(1, "pcscd is not running");
        (void)count_slots(CK_FALSE);
    }
    vcontrol_service(true);
    assert_int_equal(count_slots(CK_TRUE), 0);
    assert_logged(2, "pcscd knows no card reader");
}

/* Empty slots stand for the first reader, and the log says why. */
static void test_log_no_reader_ever(void **state)
{
    int i;

    configure_log(NULL);
    see_a_reader();
    assert_int_equal(reload_module(), 0);
    vcontrol_service(false);
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(log_lines(), 0);
    for (i = 0; i < 3; i++) {
        assert_int_equal(count_slots(CK_FALSE), 2);
        assert_logged(1, "pcscd is not running");
    }
    vcontrol_service(true);
    assert_int_equal(count_slots(CK_FALSE), 2);
    assert_logged(2, "pcscd knows no card reader");
}

static void test_log_no_reader(void **state)
{
    int reader;

    configure_log(NULL);
    see_a_reader();
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(log_lines(), 0);
    assert_int_equal(count_slots(CK_TRUE), 0);
    assert_int_equal(count_slots(CK_TRUE), 0);
    assert_logged(1, "pcscd knows no card reader");
    /* Plugged in and pulled out again. */
    reader = vcontrol_reader_add("Virtual Reader");
    assert_int_equal(count_slots(CK_TRUE), 0);
    vcontrol_reader_remove(reader);
    assert_int_equal(count_slots(CK_TRUE), 0);
    assert_logged(2, "pcscd knows no card reader");
}

static void leaves_out_the_reader(const char *conf)
{
    configure_log(conf);
    assert_int_equal(vcontrol_reader_add("Left Out"), 0);
    insert(0, "adult");
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(log_lines(), 0);
    sees_no_reader_again_and_again();
    assert_says(log_text, "Left Out");
    assert_says(log_text, "ignore_reader");
    EXPECT(CKR_OK, C_Finalize, NULL);
}

/* Logged again after a wanted reader was there. */
static void test_reader_and_ignore_reader(void **state)
{
    leaves_out_the_reader("[card]\nreader = another\n");
    stop_log(state);
    configure_log(NULL);
    assert_int_equal(vcontrol_reader_add("Virtual Reader"), 0);
    insert(0, "adult");
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(count_slots(CK_TRUE), 2);
    stop_log(state);
    leaves_out_the_reader(
        "[card]\nignore_reader = left\nignore_reader = Virtual\n");
}

/* What a program remembers of a reader does not reach it any more. */
static void test_slots_of_a_reader_left_out(void **state)
{
    CK_SESSION_HANDLE session;
    CK_SLOT_INFO info;
    CK_SLOT_ID slot;

    configure_log(NULL);
    assert_int_equal(vcontrol_reader_add("Virtual Reader"), 0);
    insert(0, "adult");
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(count_slots(CK_TRUE), 2);
    EXPECT(CKR_OK, C_Finalize, NULL);
    configure("[card]\nignore_reader = Virtual\n");
    EXPECT(CKR_OK, C_Initialize, NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        EXPECT(CKR_SLOT_ID_INVALID, C_GetSlotInfo, slot, &info);
        EXPECT(CKR_SLOT_ID_INVALID, C_OpenSession, slot, CKF_SERIAL_SESSION,
            NULL, NULL, &session);
        EXPECT(CKR_SLOT_ID_INVALID, C_CloseAllSessions, slot);
    }
}

/* A reader without a card is the usual case. */
static void test_log_nothing_of_an_empty_reader(void **state)
{
    CK_SLOT_INFO info;
    CK_TOKEN_INFO token;

    configure_log(NULL);
    assert_int_equal(vcontrol_reader_add("Virtual Reader"), 0);
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(count_slots(CK_TRUE), 0);
    assert_int_equal(count_slots(CK_FALSE), 2);
    EXPECT(CKR_OK, C_GetSlotInfo, AUTH, &info);
    EXPECT(CKR_TOKEN_NOT_PRESENT, C_GetTokenInfo, AUTH, &token);
    assert_int_equal(log_lines(), 0);
}

/* Loaded by a program that needs no card, the module is silent. */
static void test_log_nothing_without_a_question(void **state)
{
    CK_INFO info;

    configure_log(NULL);
    vcontrol_service(false);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetInfo, &info);
    EXPECT(CKR_OK, C_Finalize, NULL);
    vcontrol_service(true);
    assert_int_equal(log_lines(), 0);
}

static void test_log_exclusive_use(void **state)
{
    CK_SESSION_HANDLE session;
    SCARDCONTEXT context;
    int i;

    configure_log(NULL);
    assert_int_equal(vcontrol_reader_add("Virtual Reader"), 0);
    insert(0, "adult");
    context = other_hold(SCARD_SHARE_EXCLUSIVE);
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(count_slots(CK_TRUE), 2);
    assert_int_equal(log_lines(), 0);
    for (i = 0; i < 3; i++) {
        EXPECT(CKR_DEVICE_ERROR, C_OpenSession, AUTH, CKF_SERIAL_SESSION, NULL,
            NULL, &session);
        assert_logged(1, "another program holds the card exclusively");
    }
    assert_says(log_text, "Virtual Reader");
    (void)SCardReleaseContext(context);
    open_session(AUTH);
    assert_int_equal(log_lines(), 1);
}

/* A card for which nothing was logged yet. Returns the reader. */
static int start_with_log(const char *persona, const char *conf)
{
    int reader;

    configure_log(conf);
    reader = vcontrol_reader_add("Virtual Reader");
    insert(reader, persona);
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(count_slots(CK_TRUE), 2);
    return reader;
}

static void see_token(CK_SLOT_ID slot)
{
    int i;

    for (i = 0; i < 3; i++)
        (void)token_flags(slot);
}

/*
 * A browser that sees CKF_USER_PIN_INITIALIZED clear asks for no PIN: why, and
 * what to do, is in the log once for each time that the card is put in.
 */
static void test_log_pin_that_is_not_asked_for(void **state)
{
    static const struct {
        const char *persona;
        CK_SLOT_ID slot;
        const char *said[2];
    } rows[] = {
        {"locked-auth", AUTH,
            {"the auth PIN is locked", "municipal office resets it"}},
        {"locked-sign", SIGN,
            {"the sign PIN is locked", "municipal office resets it"}},
        {"face", AUTH, {"the auth PIN is locked", "face authentication"}},
        {"last-try", AUTH, {"the auth PIN is not sent", "last_try = refuse"}},
        {"last-try", SIGN, {"the sign PIN is not sent", "last_try = refuse"}},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned insertion;
        int reader;

        if (i > 0)
            stop_log(state);
        reader = start_with_log(rows[i].persona, NULL);
        for (insertion = 1; insertion <= 2; insertion++) {
            see_token(rows[i].slot);
            assert_logged(insertion, rows[i].said[0]);
            assert_says(last_line, rows[i].said[1]);
            exchange(reader, rows[i].persona);
        }
    }
}

/* Not again by who looks after a log-in was told the same. */
static void test_log_refused_log_in_once(void **state)
{
    CK_SESSION_HANDLE session;

    (void)start_with_log("locked-auth", NULL);
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_PIN_LOCKED, session, AUTH_PIN);
    assert_logged(1, "the auth PIN is locked");
    see_token(AUTH);
    assert_int_equal(log_lines(), 1);
}

/* Where a PIN is taken, or there is none to take, nothing is wrong. */
static void test_log_nothing_of_a_pin_that_is_taken(void **state)
{
    static const struct {
        const char *persona, *conf;
    } rows[] = {
        {"adult", NULL},
        {"child-6a82", NULL},
        {"last-try", "[pin]\nlast_try = allow\n"},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (i > 0)
            stop_log(state);
        (void)start_with_log(rows[i].persona, rows[i].conf);
        see_token(AUTH);
        see_token(SIGN);
        assert_int_equal(log_lines(), 0);
    }
}

/* The language is that of the program's environment at C_Initialize. */
static void test_log_in_japanese(void **state)
{
    assert_int_equal(setenv("LC_ALL", "ja_JP.UTF-8", 1), 0);
    configure_log(NULL);
    see_a_reader();
    vcontrol_service(false);
    EXPECT(CKR_OK, C_Initialize, NULL);
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    assert_int_equal(count_slots(CK_TRUE), 0);
    assert_logged(1, "pcscd が動いていないか、接続できません");
    reinitialize();
    vcontrol_service(true);
    assert_int_equal(count_slots(CK_TRUE), 0);
    assert_logged(2, "pcscd knows no card reader");
}

#undef TEST
#define TEST(name) cmocka_unit_test_teardown(name, stop_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_log_no_pcscd),
        TEST(test_log_no_reader_ever),
        TEST(test_log_no_reader),
        TEST(test_reader_and_ignore_reader),
        TEST(test_slots_of_a_reader_left_out),
        TEST(test_log_nothing_of_an_empty_reader),
        TEST(test_log_nothing_without_a_question),
        TEST(test_log_exclusive_use),
        TEST(test_log_pin_that_is_not_asked_for),
        TEST(test_log_refused_log_in_once),
        TEST(test_log_nothing_of_a_pin_that_is_taken),
        TEST(test_log_in_japanese),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
