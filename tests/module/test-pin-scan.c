/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/card_process.h"
#include "tests/module/pin_scan.h"

/*
 * Where PINs are in the memory of a program that uses the module: in the one
 * page that is set apart for them, while they are held, and nowhere else at any
 * time (docs/design.md section 4, rule 5).
 */

/* Leaves those of PIN; how many. */
static size_t keep_finds(enum pin pin, struct find *finds, size_t count)
{
    size_t i, kept = 0;

    for (i = 0; i < count && i < FINDS_MAX; i++)
        if (finds[i].secret == (size_t)pin)
            finds[kept++] = finds[i];
    return kept;
}

/* The scan finds each form; a hexadecimal one may hold the digits of a PIN. */
static void test_planted_pins_are_found(void **state)
{
    static const char *const wanted[] = {"text", "VERIFY", "UTF-16", "hex",
        "small hex", "hex with blanks", "small hex with blanks"};
    static const uint8_t command[] = {0x00, 0x20, 0x00, 0x80, 0x10};
    struct find finds[FINDS_MAX];
    uint8_t *heap = calloc(1, 512), stack[64], text[SECRET_MAX];
    size_t i, k, len;

    begin(NULL);
    assert_non_null(heap);
    memcpy(stack, command, sizeof command);
    secret_reveal(&secrets[NOW_SIGN], text);
    secret_reveal(&secrets[NOW_SIGN], stack + sizeof command);
    len = secrets[NOW_SIGN].len;
    for (i = 0; i < len; i++) {
        heap[2 * i] = text[i];
        for (k = 0; k < 2; k++) {
            uint8_t nibble = k ? text[i] & 0xf : text[i] >> 4;
            heap[64 + 2 * i + k] = (uint8_t) "0123456789ABCDEF"[nibble];
            heap[128 + 2 * i + k] = (uint8_t) "0123456789abcdef"[nibble];
            heap[192 + 3 * i + k] = (uint8_t) "0123456789ABCDEF"[nibble];
            heap[256 + 3 * i + k] = (uint8_t) "0123456789abcdef"[nibble];
        }
        heap[192 + 3 * i + 2] = heap[256 + 3 * i + 2] = ' ';
    }
    assert_int_equal(
        keep_finds(NOW_SIGN, finds, scan_memory(secrets, PINS, finds)), 7);
    for (i = 0; i < 7; i++) {
        for (k = 0; k < 7 && strcmp(finds[k].form, wanted[i]) != 0;)
            k++;
        assert_true(k < 7);
        assert_false(finds[k].set_apart);
    }
    explicit_bzero(heap, 512);
    explicit_bzero(stack, sizeof stack);
    explicit_bzero(text, sizeof text);
    SCAN();
    free(heap);
}

/* Text of digits is none inside a longer number; hexadecimal digits are
 * anywhere. */
static void test_a_longer_number_is_no_pin(void **state)
{
    struct find finds[FINDS_MAX];
    char *heap = calloc(1, 64);
    size_t i;

    begin(NULL);
    assert_non_null(heap);
    secret_reveal(&secrets[NOW_AUTH], (uint8_t *)heap + 1);
    heap[0] = '7';
    assert_int_equal(scan_memory(secrets, PINS, finds), 0);
    heap[0] = ' ';
    heap[5] = '7';
    assert_int_equal(scan_memory(secrets, PINS, finds), 0);
    heap[5] = ' ';
    assert_int_equal(scan_memory(secrets, PINS, finds), 1);
    for (i = 0; i < 4; i++) {
        heap[11 + 2 * i] = heap[1 + i];
        heap[10 + 2 * i] = '3';
        heap[1 + i] = ' ';
    }
    heap[9] = heap[18] = '7';
    assert_int_equal(
        keep_finds(NOW_AUTH, finds, scan_memory(secrets, PINS, finds)), 1);
    explicit_bzero(heap, 64);
    SCAN();
    free(heap);
}

/* When every function on the way is called for the first time. */
static void test_first_login(void **state)
{
    CK_SESSION_HANDLE session;

    begin_first();
    session = open_session(SIGN);
    assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
    held[NOW_SIGN] = 1;
    SCAN();
    assert_int_equal(sign_data(session), CKR_OK);
    SCAN();
    EXPECT(CKR_OK, C_Logout, session);
    held[NOW_SIGN] = 0;
    SCAN();
}

/* Every way in which a log-in ends. */
static void test_login_and_its_end(void **state)
{
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    int way;

    begin(NULL);
    for (slot = AUTH; slot <= SIGN; slot++)
        for (way = 0; way < 4; way++) {
            enum pin pin = slot == AUTH ? NOW_AUTH : NOW_SIGN;
            session = open_session(slot);
            assert_int_equal(log_in(session, CKU_USER, pin), CKR_OK);
            held[pin] = 1;
            SCAN();
            assert_int_equal(sign_data(session), CKR_OK);
            SCAN();
            if (way == 0)
                EXPECT(CKR_OK, C_Logout, session);
            else if (way == 1)
                EXPECT(CKR_OK, C_CloseSession, session);
            else if (way == 2)
                EXPECT(CKR_OK, C_CloseAllSessions, slot);
            else
                EXPECT(CKR_OK, C_Finalize, NULL);
            held[pin] = 0;
            SCAN();
            if (way == 3)
                EXPECT(CKR_OK, C_Initialize, NULL);
            EXPECT(CKR_OK, C_CloseAllSessions, slot);
        }
}

/* The PIN of a context-specific log-in, beside the one that is held. */
static void test_pin_of_one_signature(void **state)
{
    CK_SESSION_HANDLE session;

    begin(NULL);
    session = open_session(SIGN);
    assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
    begin_signature(session);
    assert_int_equal(log_in(session, CKU_CONTEXT_SPECIFIC, TYPED_SIGN), CKR_OK);
    held[NOW_SIGN] = 2;
    SCAN();
    assert_int_equal(finish_signature(session), CKR_OK);
    held[NOW_SIGN] = 1;
    SCAN();
    begin_signature(session);
    assert_int_equal(
        log_in(session, CKU_CONTEXT_SPECIFIC, WRONG_SIGN), CKR_PIN_INCORRECT);
    SCAN();
    EXPECT(CKR_OK, C_Logout, session);
    held[NOW_SIGN] = 0;
    SCAN();
}

/* signature_pin = every: after each call but between a PIN and its signature.
 */
static void test_signature_pin_every(void **state)
{
    CK_SESSION_HANDLE session;
    CK_BYTE data[] = "data";
    CK_ULONG len = 0;
    int way;

    begin("[pin]\nsignature_pin = every\n");
    for (way = 0; way < 4; way++) {
        session = open_session(SIGN);
        assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
        SCAN();
        assert_int_equal(sign_data(session), CKR_USER_NOT_LOGGED_IN);
        begin_signature(session);
        SCAN();
        assert_int_equal(
            log_in(session, CKU_CONTEXT_SPECIFIC, NOW_SIGN), CKR_OK);
        held[NOW_SIGN] = 1;
        SCAN();
        EXPECT(CKR_OK, C_Sign, session, data, sizeof data, NULL, &len);
        SCAN();
        if (way == 0)
            assert_int_equal(finish_signature(session), CKR_OK);
        else if (way == 1)
            EXPECT(CKR_OK, C_SignInit, session, NULL, 0);
        else if (way == 2)
            EXPECT(CKR_OK, C_CloseSession, session);
        else
            EXPECT(CKR_OK, C_Logout, session);
        held[NOW_SIGN] = 0;
        SCAN();
        EXPECT(CKR_OK, C_CloseAllSessions, SIGN);
    }
}

/* A wrong PIN is as secret: it may be right for another card. */
static void test_refused_pins(void **state)
{
    static const enum pin offers[][3] = {
        [AUTH] = {WRONG_AUTH, NOW_SIGN, BAD_SIGN},
        [SIGN] = {WRONG_SIGN, NOW_AUTH, BAD_SIGN},
    };
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    size_t i;

    begin(NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        session = open_session(slot);
        for (i = 0; i < 3; i++) {
            assert_int_equal(
                log_in(session, CKU_USER, offers[slot][i]), CKR_PIN_INCORRECT);
            SCAN();
            (void)log_in(session, CKU_USER, offers[slot][i]);
            SCAN();
        }
    }
    assert_int_equal(log_in(session, CKU_SO, NOW_SIGN), CKR_USER_TYPE_INVALID);
    SCAN();
    assert_int_equal(log_in(session, CKU_USER, TYPED_SIGN), CKR_OK);
    held[NOW_SIGN] = 1;
    SCAN();
    assert_int_equal(
        log_in(session, CKU_USER, NOW_SIGN), CKR_USER_ALREADY_LOGGED_IN);
    assert_int_equal(log_in(session, CKU_CONTEXT_SPECIFIC, NOW_SIGN),
        CKR_OPERATION_NOT_INITIALIZED);
    SCAN();
}

static void test_changed_pin(void **state)
{
    static const enum pin now[] = {NOW_AUTH, NOW_SIGN},
                          new[] = {NEW_AUTH, NEW_SIGN},
                          wrong[] = {WRONG_AUTH, WRONG_SIGN};
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;

    begin(NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        session = open_rw_session(slot);
        assert_int_equal(
            change_pin(session, wrong[slot], new[slot]), CKR_PIN_INCORRECT);
        SCAN();
        assert_int_equal(
            change_pin(session, now[slot], new[!slot]), CKR_PIN_LEN_RANGE);
        assert_int_equal(
            change_pin(session, BAD_SIGN, new[slot]), CKR_PIN_INCORRECT);
        SCAN();
        assert_int_equal(change_pin(session, now[slot], new[slot]), CKR_OK);
        SCAN();
        assert_int_equal(change_pin(session, new[slot], now[slot]), CKR_OK);
        assert_int_equal(log_in(session, CKU_USER, now[slot]), CKR_OK);
        held[now[slot]] = 1;
        SCAN();
        assert_int_equal(change_pin(session, now[slot], new[slot]), CKR_OK);
        held[now[slot]] = 0;
        held[new[slot]] = 1;
        SCAN();
        EXPECT(CKR_OK, C_CloseSession, session);
        held[new[slot]] = 0;
        SCAN();
    }
}

/* The next call that looks at the reader is the one that wipes. */
static void test_card_taken_out(void **state)
{
    CK_SESSION_INFO info;
    int reader = begin(NULL);
    CK_SESSION_HANDLE auth = open_session(AUTH);
    CK_SESSION_HANDLE sign_session = open_session(SIGN);

    assert_int_equal(log_in(auth, CKU_USER, NOW_AUTH), CKR_OK);
    assert_int_equal(log_in(sign_session, CKU_USER, NOW_SIGN), CKR_OK);
    begin_signature(sign_session);
    assert_int_equal(
        log_in(sign_session, CKU_CONTEXT_SPECIFIC, NOW_SIGN), CKR_OK);
    held[NOW_AUTH] = 1;
    held[NOW_SIGN] = 2;
    SCAN();
    vcontrol_remove(reader);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, auth, &info);
    held[NOW_AUTH] = held[NOW_SIGN] = 0;
    SCAN();
    put_card_in(reader);
    auth = open_session(AUTH);
    assert_int_equal(log_in(auth, CKU_USER, NOW_AUTH), CKR_OK);
    begin_signature(auth);
    vcontrol_remove(reader);
    put_card_in(reader);
    assert_int_equal(finish_signature(auth), CKR_DEVICE_REMOVED);
    SCAN();
}

/* A program that only polls for slots leaves nothing behind, either. */
static void test_card_taken_out_while_polling(void **state)
{
    int by_event;

    for (by_event = 0; by_event < 2; by_event++) {
        int reader = begin(NULL);
        CK_SESSION_HANDLE session = open_session(SIGN);
        CK_ULONG count;
        CK_SLOT_ID slot;

        assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
        begin_signature(session);
        assert_int_equal(
            log_in(session, CKU_CONTEXT_SPECIFIC, NOW_SIGN), CKR_OK);
        held[NOW_SIGN] = 2;
        SCAN();
        vcontrol_remove(reader);
        if (by_event)
            EXPECT(CKR_OK, C_WaitForSlotEvent, CKF_DONT_BLOCK, &slot, NULL);
        else
            EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
        held[NOW_SIGN] = 0;
        SCAN();
        end_test(state);
    }
    begin(NULL);
}

/* A forked child has all of the memory but what is in that page. */
static void test_forked_child(void **state)
{
    struct find finds[FINDS_MAX];
    CK_SESSION_HANDLE session;
    const uint8_t *page;
    int status = 0, i;
    pid_t child;

    begin(NULL);
    session = open_session(AUTH);
    assert_int_equal(log_in(session, CKU_USER, NOW_AUTH), CKR_OK);
    assert_int_equal(scan_memory(secrets, PINS, finds), 1);
    page = (const uint8_t *)(finds[0].address & ~(uintptr_t)4095);
    child = fork();
    if (child == 0) {
        for (i = 0; i < 4096; i++)
            if (page[i] != 0)
                _exit(2);
        _exit(stray_finds(true) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    held[NOW_AUTH] = 1;
    SCAN();
    assert_int_equal(sign_data(session), CKR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_login),
        TEST(test_planted_pins_are_found),
        TEST(test_a_longer_number_is_no_pin),
        TEST(test_login_and_its_end),
        TEST(test_pin_of_one_signature),
        TEST(test_signature_pin_every),
        TEST(test_refused_pins),
        TEST(test_changed_pin),
        TEST(test_card_taken_out),
        TEST(test_card_taken_out_while_polling),
        TEST(test_forked_child),
    };

    if (pin_scan_is_blind())
        return SKIPPED;
    card_process_start();
    return cmocka_run_group_tests(tests, load_module, pin_scan_unload);
}
