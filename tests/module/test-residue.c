/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <winscard.h>

#include "tests/module/apart.h"
#include "tests/module/residue.h"

/*
 * Where PINs are in the memory of a program that uses the module: in the one
 * page that is set apart for them, while they are held, and nowhere else at any
 * time (design.md section 4, rule 5).
 */

/* C_Sign alone, of what begin_sign began. */
static CK_RV finish_sign(CK_SESSION_HANDLE session)
{
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;

    return CALL(C_Sign, session, data, sizeof data, sig, &len);
}

/* What this program would see if there were something to see. */
static void test_what_is_planted_is_found(void **state)
{
    static const char *const wanted[] = {"text", "VERIFY", "UTF-16", "hex",
        "small hex", "hex with blanks", "small hex with blanks"};
    static const uint8_t command[] = {0x00, 0x20, 0x00, 0x80, 0x10};
    struct find finds[FINDS_MAX];
    uint8_t *heap = calloc(1, 512), stack[64], text[SECRET_MAX];
    size_t i, k, len;

    (void)state;
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
    assert_int_equal(scan_memory(secrets, PINS, finds), 7);
    for (i = 0; i < 7; i++) {
        for (k = 0; k < 7 && strcmp(finds[k].form, wanted[i]) != 0;)
            k++;
        assert_true(k < 7);
        assert_false(finds[k].set_apart);
    }
    explicit_bzero(heap, 512);
    explicit_bzero(stack, sizeof stack);
    explicit_bzero(text, sizeof text);
    LOOK();
    free(heap);
}

/* When every function on the way is called for the first time. */
static void test_the_first_log_in(void **state)
{
    CK_SESSION_HANDLE session;

    (void)state;
    begin_first();
    session = open_session(SIGN);
    assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
    held[NOW_SIGN] = 1;
    LOOK();
    assert_int_equal(sign(session), CKR_OK);
    LOOK();
    EXPECT(CKR_OK, C_Logout, session);
    held[NOW_SIGN] = 0;
    LOOK();
}

/* Every way in which a log-in ends. */
static void test_a_log_in_and_its_end(void **state)
{
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    int way;

    (void)state;
    begin(NULL);
    for (slot = AUTH; slot <= SIGN; slot++)
        for (way = 0; way < 4; way++) {
            enum pin pin = slot == AUTH ? NOW_AUTH : NOW_SIGN;
            session = open_session(slot);
            assert_int_equal(log_in(session, CKU_USER, pin), CKR_OK);
            held[pin] = 1;
            LOOK();
            assert_int_equal(sign(session), CKR_OK);
            LOOK();
            if (way == 0)
                EXPECT(CKR_OK, C_Logout, session);
            else if (way == 1)
                EXPECT(CKR_OK, C_CloseSession, session);
            else if (way == 2)
                EXPECT(CKR_OK, C_CloseAllSessions, slot);
            else
                EXPECT(CKR_OK, C_Finalize, NULL);
            held[pin] = 0;
            LOOK();
            if (way == 3)
                EXPECT(CKR_OK, C_Initialize, NULL);
            EXPECT(CKR_OK, C_CloseAllSessions, slot);
        }
}

/* The PIN of a context-specific log-in, beside the one that is held. */
static void test_a_pin_for_one_signature(void **state)
{
    CK_SESSION_HANDLE session;

    (void)state;
    begin(NULL);
    session = open_session(SIGN);
    assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
    begin_sign(session);
    assert_int_equal(log_in(session, CKU_CONTEXT_SPECIFIC, TYPED_SIGN), CKR_OK);
    held[NOW_SIGN] = 2;
    LOOK();
    assert_int_equal(finish_sign(session), CKR_OK);
    held[NOW_SIGN] = 1;
    LOOK();
    begin_sign(session);
    assert_int_equal(
        log_in(session, CKU_CONTEXT_SPECIFIC, WRONG_SIGN), CKR_PIN_INCORRECT);
    LOOK();
    EXPECT(CKR_OK, C_Logout, session);
    held[NOW_SIGN] = 0;
    LOOK();
}

/* signature_pin = every: after each call but between a PIN and its signature.
 */
static void test_every_signature_its_pin(void **state)
{
    CK_SESSION_HANDLE session;
    CK_BYTE data[] = "data";
    CK_ULONG len = 0;
    int way;

    (void)state;
    begin("[pin]\nsignature_pin = every\n");
    for (way = 0; way < 4; way++) {
        session = open_session(SIGN);
        assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
        LOOK();
        assert_int_equal(sign(session), CKR_USER_NOT_LOGGED_IN);
        begin_sign(session);
        LOOK();
        assert_int_equal(
            log_in(session, CKU_CONTEXT_SPECIFIC, NOW_SIGN), CKR_OK);
        held[NOW_SIGN] = 1;
        LOOK();
        EXPECT(CKR_OK, C_Sign, session, data, sizeof data, NULL, &len);
        LOOK();
        if (way == 0)
            assert_int_equal(finish_sign(session), CKR_OK);
        else if (way == 1)
            EXPECT(CKR_OK, C_SignInit, session, NULL, 0);
        else if (way == 2)
            EXPECT(CKR_OK, C_CloseSession, session);
        else
            EXPECT(CKR_OK, C_Logout, session);
        held[NOW_SIGN] = 0;
        LOOK();
        EXPECT(CKR_OK, C_CloseAllSessions, SIGN);
    }
}

/* What was typed wrong is as secret: it may be right elsewhere. */
static void test_pins_that_are_refused(void **state)
{
    static const enum pin offers[][3] = {
        [AUTH] = {WRONG_AUTH, NOW_SIGN, BAD_SIGN},
        [SIGN] = {WRONG_SIGN, NOW_AUTH, BAD_SIGN},
    };
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    size_t i;

    (void)state;
    begin(NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        session = open_session(slot);
        for (i = 0; i < 3; i++) {
            assert_int_equal(
                log_in(session, CKU_USER, offers[slot][i]), CKR_PIN_INCORRECT);
            LOOK();
            (void)log_in(session, CKU_USER, offers[slot][i]);
            LOOK();
        }
    }
    assert_int_equal(log_in(session, CKU_SO, NOW_SIGN), CKR_USER_TYPE_INVALID);
    LOOK();
    assert_int_equal(log_in(session, CKU_USER, TYPED_SIGN), CKR_OK);
    held[NOW_SIGN] = 1;
    LOOK();
    assert_int_equal(
        log_in(session, CKU_USER, NOW_SIGN), CKR_USER_ALREADY_LOGGED_IN);
    assert_int_equal(log_in(session, CKU_CONTEXT_SPECIFIC, NOW_SIGN),
        CKR_OPERATION_NOT_INITIALIZED);
    LOOK();
}

static void test_a_pin_that_is_changed(void **state)
{
    static const enum pin now[] = {NOW_AUTH, NOW_SIGN},
                          new[] = {NEW_AUTH, NEW_SIGN},
                          wrong[] = {WRONG_AUTH, WRONG_SIGN};
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;

    (void)state;
    begin(NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        EXPECT(CKR_OK, C_OpenSession, slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
            NULL, NULL, &session);
        assert_int_equal(
            change_pin(session, wrong[slot], new[slot]), CKR_PIN_INCORRECT);
        LOOK();
        assert_int_equal(
            change_pin(session, now[slot], new[!slot]), CKR_PIN_LEN_RANGE);
        assert_int_equal(
            change_pin(session, BAD_SIGN, new[slot]), CKR_PIN_INCORRECT);
        LOOK();
        assert_int_equal(change_pin(session, now[slot], new[slot]), CKR_OK);
        LOOK();
        assert_int_equal(change_pin(session, new[slot], now[slot]), CKR_OK);
        assert_int_equal(log_in(session, CKU_USER, now[slot]), CKR_OK);
        held[now[slot]] = 1;
        LOOK();
        assert_int_equal(change_pin(session, now[slot], new[slot]), CKR_OK);
        held[now[slot]] = 0;
        held[new[slot]] = 1;
        LOOK();
        EXPECT(CKR_OK, C_CloseSession, session);
        held[new[slot]] = 0;
        LOOK();
    }
}

/* The next call that looks at the reader is the one that wipes. */
static void test_a_card_taken_out(void **state)
{
    CK_SESSION_HANDLE auth, sign_session;
    CK_SESSION_INFO info;
    int reader;

    (void)state;
    reader = begin(NULL);
    auth = open_session(AUTH);
    sign_session = open_session(SIGN);
    assert_int_equal(log_in(auth, CKU_USER, NOW_AUTH), CKR_OK);
    assert_int_equal(log_in(sign_session, CKU_USER, NOW_SIGN), CKR_OK);
    begin_sign(sign_session);
    assert_int_equal(
        log_in(sign_session, CKU_CONTEXT_SPECIFIC, NOW_SIGN), CKR_OK);
    held[NOW_AUTH] = 1;
    held[NOW_SIGN] = 2;
    LOOK();
    vcontrol_remove(reader);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, auth, &info);
    held[NOW_AUTH] = held[NOW_SIGN] = 0;
    LOOK();
    put_card_in(reader);
    auth = open_session(AUTH);
    assert_int_equal(log_in(auth, CKU_USER, NOW_AUTH), CKR_OK);
    begin_sign(auth);
    vcontrol_remove(reader);
    put_card_in(reader);
    assert_int_equal(finish_sign(auth), CKR_DEVICE_REMOVED);
    LOOK();
}

/* A forked child has all of the memory but what is in that page. */
static void test_a_forked_child(void **state)
{
    struct find finds[FINDS_MAX];
    CK_SESSION_HANDLE session;
    const uint8_t *page;
    int status = 0, i;
    pid_t child;

    (void)state;
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
    LOOK();
    assert_int_equal(sign(session), CKR_OK);
}

/* The scenarios in which each command is made to fail in turn. */
static CK_RV just_log_in(CK_SESSION_HANDLE session)
{
    return log_in(session, CKU_USER, NOW_SIGN);
}

static CK_RV log_in_wrong(CK_SESSION_HANDLE session)
{
    return log_in(session, CKU_USER, WRONG_SIGN);
}

static CK_RV change(CK_SESSION_HANDLE session)
{
    return change_pin(session, NOW_SIGN, NEW_SIGN);
}

static CK_RV authorise(CK_SESSION_HANDLE session)
{
    return log_in(session, CKU_CONTEXT_SPECIFIC, NOW_SIGN);
}

static const struct scenario {
    bool logged_in, signs;
    CK_RV (*run)(CK_SESSION_HANDLE session);
} scenarios[] = {
    {false, false, just_log_in},
    {false, false, log_in_wrong},
    {false, false, change},
    {true, false, change},
    {true, true, finish_sign},
    {true, true, authorise},
};

static CK_SESSION_HANDLE walk_to(const struct scenario *scenario)
{
    CK_SESSION_HANDLE session;

    begin(NULL);
    EXPECT(CKR_OK, C_OpenSession, SIGN, CKF_SERIAL_SESSION | CKF_RW_SESSION,
        NULL, NULL, &session);
    if (scenario->logged_in)
        assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
    if (scenario->signs)
        begin_sign(session);
    return session;
}

/* True when the session says that somebody is logged in. */
static bool is_logged_in(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;

    return CALL(C_GetSessionInfo, session, &info) == CKR_OK &&
           info.state == CKS_RW_USER_FUNCTIONS;
}

static const struct fault {
    enum vfault how;
    uint32_t value;
} faults[] = {
    {VFAULT_SW, 0x6f00},
    {VFAULT_PCSC, (uint32_t)SCARD_F_COMM_ERROR},
    {VFAULT_PCSC_AFTER, (uint32_t)SCARD_E_NOT_TRANSACTED},
    {VFAULT_REMOVE, 0},
};
#define FAULTS (sizeof faults / sizeof *faults)

/* SCENARIO with FAULT at its command AT. */
static void fail_command(
    const struct scenario *scenario, unsigned at, const struct fault *fault)
{
    CK_SESSION_HANDLE session = walk_to(scenario);
    void *state = NULL;

    vcontrol_fault(0, at, fault->how, fault->value);
    (void)scenario->run(session);
    if (is_logged_in(session)) {
        held[NOW_SIGN] = scenario->signs ? 2 : 1;
        held[NEW_SIGN] = 1;
    }
    LOOK_AT_MOST();
    (void)CALL(C_CloseAllSessions, SIGN);
    memset(held, 0, sizeof held);
    LOOK();
    stop(&state);
}

static unsigned count_commands(const struct scenario *scenario)
{
    CK_SESSION_HANDLE session = walk_to(scenario);
    unsigned before = ledger(0).apdus, commands;
    void *state = NULL;

    (void)scenario->run(session);
    commands = ledger(0).apdus - before;
    stop(&state);
    return commands;
}

/* One fault for each command, or $JPKI_RESIDUE_FAULTS of them. */
static void test_commands_that_fail(void **state)
{
    const char *text = getenv("JPKI_RESIDUE_FAULTS");
    size_t each = text ? strtoul(text, NULL, 10) : 1, i, k;
    unsigned at, cases = 0;

    (void)state;
    for (i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        unsigned commands = count_commands(&scenarios[i]);
        assert_true(commands > 0);
        for (at = 0; at < commands; at++)
            for (k = 0; k < each && k < FAULTS; k++, cases++)
                fail_command(&scenarios[i], at, &faults[(i + at + k) % FAULTS]);
    }
    print_message("%u commands failed\n", cases);
}

/* The last of all: what is there when the module is gone. */
static int unload_and_look(void **state)
{
    if (unload_module(state) != 0)
        return -1;
    memset(held, 0, sizeof held);
    return stray_finds(true) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_the_first_log_in, stop),
        cmocka_unit_test_teardown(test_what_is_planted_is_found, stop),
        cmocka_unit_test_teardown(test_a_log_in_and_its_end, stop),
        cmocka_unit_test_teardown(test_a_pin_for_one_signature, stop),
        cmocka_unit_test_teardown(test_every_signature_its_pin, stop),
        cmocka_unit_test_teardown(test_pins_that_are_refused, stop),
        cmocka_unit_test_teardown(test_a_pin_that_is_changed, stop),
        cmocka_unit_test_teardown(test_a_card_taken_out, stop),
        cmocka_unit_test_teardown(test_a_forked_child, stop),
        cmocka_unit_test_teardown(test_commands_that_fail, stop),
    };

    apart_start();
    return cmocka_run_group_tests(tests, load_module, unload_and_look);
}
