/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * Every command of every scenario fails in every way of a list. Whatever comes
 * of it: the card is not left verified (support.h looks after each call), no
 * more PINs are sent than the scenario may, none of them wrong, no signature is
 * handed out that does not verify, and a card put in afterwards works.
 */

static const struct {
    enum vfault how;
    uint32_t value;
} faults[] = {
    {VFAULT_SW, 0x6300},
    {VFAULT_SW, 0x6281},
    {VFAULT_SW, 0x6283},
    {VFAULT_SW, 0x63c0},
    {VFAULT_SW, 0x63c1},
    {VFAULT_SW, 0x63c2},
    {VFAULT_SW, 0x63c5},
    {VFAULT_SW, 0x6700},
    {VFAULT_SW, 0x6881},
    {VFAULT_SW, 0x6982},
    {VFAULT_SW, 0x6983},
    {VFAULT_SW, 0x6984},
    {VFAULT_SW, 0x6985},
    {VFAULT_SW, 0x6a82},
    {VFAULT_SW, 0x6a86},
    {VFAULT_SW, 0x6b00},
    {VFAULT_SW, 0x6d00},
    {VFAULT_SW, 0x6e00},
    {VFAULT_SW, 0x6f00},
    {VFAULT_SW, 0x6110},
    {VFAULT_SW, 0x6c10},
    {VFAULT_SW_AFTER, 0x6f00},
    {VFAULT_SW_AFTER, 0x6581},
    {VFAULT_SW_AFTER, 0x6700},
    {VFAULT_FLIP, 0},
    {VFAULT_FLIP, 77},
    {VFAULT_CUT, 0},
    {VFAULT_CUT, 1},
    {VFAULT_PCSC, 0x80100001},
    {VFAULT_PCSC, 0x80100003},
    {VFAULT_PCSC, 0x80100008},
    {VFAULT_PCSC, 0x8010000a},
    {VFAULT_PCSC, 0x8010000c},
    {VFAULT_PCSC, 0x80100013},
    {VFAULT_PCSC, 0x80100016},
    {VFAULT_PCSC, 0x80100017},
    {VFAULT_PCSC, 0x8010001d},
    {VFAULT_PCSC, 0x8010002f},
    {VFAULT_PCSC, 0x80100066},
    {VFAULT_PCSC, 0x80100068},
    {VFAULT_PCSC, 0x80100069},
    {VFAULT_PCSC_AFTER, 0x80100016},
    {VFAULT_PCSC_AFTER, 0x8010002f},
    {VFAULT_PCSC_AFTER, 0x80100068},
    {VFAULT_REMOVE, 0},
    {VFAULT_RESET, 0},
};

#define FAULTS (sizeof faults / sizeof *faults)

static const char *const pins[] = {[AUTH] = AUTH_PIN, [SIGN] = SIGN_PIN};

static char folder[VCARD_PERSONA_FOLDER_SIZE];
static int reader;

/* Puts the card in with full counters. */
static void renew_card(void)
{
    char state[VCARD_PERSONA_FOLDER_SIZE + 8];

    vcontrol_fault(reader, 0, VFAULT_NONE, 0);
    vcontrol_remove(reader);
    (void)snprintf(state, sizeof state, "%s/state", folder);
    (void)unlink(state);
    assert_int_equal(vcontrol_insert(reader, folder), 0);
}

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static void prepare_nothing(int role)
{
    (void)role;
}

static void prepare_session(int role)
{
    session = open_session((CK_SLOT_ID)role);
}

static void prepare_login(int role)
{
    prepare_session(role);
    assert_int_equal(login(session, CKU_USER, pins[role]), CKR_OK);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_true(key != CK_INVALID_HANDLE);
}

static CK_RV do_inspect(int role)
{
    CK_TOKEN_INFO info;
    CK_RV rv = CALL(C_GetTokenInfo, (CK_SLOT_ID)role, &info);

    if (rv == CKR_OK)
        rv = CALL(C_OpenSession, (CK_SLOT_ID)role, CKF_SERIAL_SESSION, NULL,
            NULL, &session);
    if (rv == CKR_OK)
        rv = CALL(C_FindObjectsInit, session, NULL, 0);
    return rv;
}

static CK_RV do_login(int role)
{
    return login(session, CKU_USER, pins[role]);
}

static CK_RV do_sign(int role)
{
    uint8_t sig[SIGNATURE_SIZE];

    (void)role;
    return sign_with(session, key, CKM_SHA256_RSA_PKCS, "data", 4, sig);
}

static CK_RV do_sign_pss(int role)
{
    CK_RSA_PKCS_PSS_PARAMS params = {CKM_SHA256, CKG_MGF1_SHA256, 32};
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS_PSS, &params, sizeof params};
    CK_BYTE data[] = "data";
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    CK_RV rv = CALL(C_SignInit, session, &mechanism, key);

    (void)role;
    return rv == CKR_OK ? CALL(C_Sign, session, data, 4, sig, &len) : rv;
}

static const struct {
    const char *name;
    int role;
    void (*prepare)(int role);
    CK_RV (*run)(int role);
    unsigned verifies; /* that the scenario may send */
} scenarios[] = {
    {"inspect auth", AUTH, prepare_nothing, do_inspect, 0},
    {"inspect sign", SIGN, prepare_nothing, do_inspect, 0},
    {"log in auth", AUTH, prepare_session, do_login, 1},
    {"log in sign", SIGN, prepare_session, do_login, 1},
    {"sign auth", AUTH, prepare_login, do_sign, 1},
    {"sign sign", SIGN, prepare_login, do_sign, 1},
    {"sign PSS", AUTH, prepare_login, do_sign_pss, 1},
};

#define SCENARIOS (sizeof scenarios / sizeof *scenarios)

static bool is_allowed(CK_RV rv)
{
    static const CK_RV allowed[] = {CKR_OK, CKR_DEVICE_ERROR,
        CKR_DEVICE_REMOVED, CKR_PIN_INCORRECT, CKR_PIN_LOCKED,
        CKR_USER_NOT_LOGGED_IN, CKR_USER_PIN_NOT_INITIALIZED,
        CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED,
        CKR_SESSION_HANDLE_INVALID, CKR_MECHANISM_INVALID};
    size_t i;

    for (i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i] == rv)
            return true;
    return false;
}

/* How many commands the scenario sends when nothing fails. */
static unsigned count_commands(size_t s)
{
    unsigned before;

    renew_card();
    scenarios[s].prepare(scenarios[s].role);
    before = ledger(reader).apdus;
    assert_int_equal(scenarios[s].run(scenarios[s].role), CKR_OK);
    return ledger(reader).apdus - before;
}

static void fail_once(size_t s, unsigned at, size_t f)
{
    int role = scenarios[s].role;
    struct vcard_ledger before, after;
    CK_RV rv;

    renew_card();
    scenarios[s].prepare(role);
    before = ledger(reader);
    vcontrol_fault(reader, at, faults[f].how, faults[f].value);
    rv = scenarios[s].run(role);
    after = ledger(reader);
    if (!is_allowed(rv) || after.wrong[role] > 0 ||
        after.verifies[role] > before.verifies[role] + scenarios[s].verifies)
        fail_msg("%s, command %u, fault %d %#x: %#lx, VERIFY %u, wrong %u",
            scenarios[s].name, at, faults[f].how, faults[f].value, rv,
            after.verifies[role] - before.verifies[role], after.wrong[role]);
}

static void test_each_command_fails(void **state)
{
    unsigned commands, at, cases;
    size_t s, f;

    (void)state;
    assert_int_equal(vcard_persona_copy("adult", folder), 0);
    reader = start(NULL, NULL);
    for (s = 0; s < SCENARIOS; s++) {
        commands = count_commands(s);
        cases = 0;
        for (at = 0; at < commands; at++) {
            for (f = 0; f < FAULTS; f++) {
                fail_once(s, at, f);
                cases++;
            }
        }
        assert_int_equal(count_commands(s), commands);
        print_message("%s: %u cases\n", scenarios[s].name, cases);
    }
}

/* Another program changes the authentication PIN. */
static void change_pin(int in)
{
    static const uint8_t commands[][15] = {
        {0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00,
            0x00, 0x00, 0x01},
        {0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x18},
        {0x00, 0x20, 0x00, 0x80, 0x04, '1', '2', '3', '4'},
        {0x00, 0x24, 0x01, 0x80, 0x04, '8', '8', '8', '8'},
        {0x00, 0xa4, 0x04, 0x0c, 0x07, 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00,
            0x00},
    };
    uint8_t response[258];
    size_t i;

    for (i = 0; i < sizeof commands / sizeof *commands; i++) {
        vcontrol_transmit(in, commands[i], 5u + commands[i][4], response);
        assert_int_equal(response[0], 0x90);
    }
}

/* The reply to a VERIFY is lost: nobody may offer that PIN again for us. */
static void test_a_lost_reply_is_not_tried_again(void **state)
{
    static const enum vfault how[] = {VFAULT_PCSC_AFTER, VFAULT_SW_AFTER};
    static const uint32_t value[] = {0x8010002f, 0x6f00};
    uint8_t sig[SIGNATURE_SIZE];
    size_t i;
    int n;

    for (i = 0; i < 2; i++) {
        reader = start("adult", NULL);
        session = open_session(AUTH);
        for (n = 0; n < 4; n++) {
            /* SELECT, 6 reads at first, SELECT, counter, then VERIFY. */
            vcontrol_fault(reader, n == 0 ? 9 : 3, how[i], value[i]);
            (void)login(session, CKU_USER, "0000");
        }
        assert_int_equal(ledger(reader).verifies[AUTH], 1);
        vcontrol_fault(reader, 0, VFAULT_NONE, 0);
        assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
        key = find_object(session, CKO_PRIVATE_KEY);
        stop(state);

        /* And a held one that was changed meanwhile goes once. */
        reader = start("adult", NULL);
        session = open_session(AUTH);
        assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
        key = find_object(session, CKO_PRIVATE_KEY);
        change_pin(reader);
        for (n = 0; n < 4; n++) {
            vcontrol_fault(reader, 2, how[i], value[i]);
            assert_true(sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1,
                            sig) != CKR_OK);
        }
        assert_int_equal(ledger(reader).wrong[AUTH], 1);
        stop(state);
    }
}

/* A right PIN whose answer was lost is taken when it is typed again. */
static void test_a_right_pin_may_be_typed_again(void **state)
{
    (void)state;
    reader = start("adult", NULL);
    session = open_session(AUTH);
    vcontrol_fault(reader, 9, VFAULT_PCSC_AFTER, 0x8010002f);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_DEVICE_ERROR);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
}

/* A card that tells no count is not asked twice with the same wrong PIN. */
static void test_no_count_is_no_excuse(void **state)
{
    int n;

    (void)state;
    reader = start("quirk-6300", NULL);
    session = open_session(SIGN);
    for (n = 0; n < 5; n++)
        (void)login(session, CKU_USER, "WRONG1");
    assert_int_equal(ledger(reader).verifies[SIGN], 1);
}

/* What is not known may be the last: refuse means refuse. */
static void test_an_unknown_counter_spares_the_try(void **state)
{
    (void)state;
    reader = start("last-try", "[pin]\nlast_try = refuse\n");
    session = open_session(AUTH);
    vcontrol_fault(reader, 8, VFAULT_SW, 0x6f00);
    assert_int_equal(login(session, CKU_USER, "0000"), CKR_FUNCTION_FAILED);
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
}

/* The reader is unplugged and comes back with another card, unseen. */
static void test_another_card_after_a_replug(void **state)
{
    CK_TOKEN_INFO before, after;
    int other;
    CK_RV rv;

    (void)state;
    reader = start("adult", NULL);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &before);
    vcontrol_reader_remove(reader);
    other = vcontrol_reader_add("Virtual Reader");
    assert_int_equal(insert(other, "adult2"), 0);
    session = CK_INVALID_HANDLE;
    rv = CALL(C_OpenSession, SIGN, CKF_SERIAL_SESSION, NULL, NULL, &session);
    if (rv == CKR_OK)
        rv = login(session, CKU_USER, "XYZ789");
    if (rv != CKR_OK) {
        /* Noticed: what was known of the other card is gone. */
        assert_int_equal(rv, CKR_DEVICE_REMOVED);
        session = open_session(SIGN);
        assert_int_equal(login(session, CKU_USER, "XYZ789"), CKR_OK);
    }
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &after);
    assert_memory_not_equal(before.serialNumber, after.serialNumber, 16);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(do_sign(SIGN), CKR_OK);
}

/* The same with a session open: it ends, and with it all that it knew. */
static void test_another_card_under_a_session(void **state)
{
    CK_TOKEN_INFO before, after;
    int other;
    CK_RV rv;

    (void)state;
    reader = start("adult", NULL);
    session = open_session(SIGN);
    assert_int_equal(login(session, CKU_USER, SIGN_PIN), CKR_OK);
    key = find_object(session, CKO_PRIVATE_KEY);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &before);
    vcontrol_reader_remove(reader);
    other = vcontrol_reader_add("Virtual Reader");
    assert_int_equal(insert(other, "adult2"), 0);
    assert_int_equal(do_sign(SIGN), CKR_DEVICE_REMOVED);
    assert_int_equal(ledger(other).verifies[SIGN], 0);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_CloseSession, session);
    /* The old card's identity may be noticed once more. */
    rv = CALL(C_GetTokenInfo, AUTH, &after);
    if (rv == CKR_DEVICE_REMOVED)
        rv = CALL(C_GetTokenInfo, AUTH, &after);
    assert_int_equal(rv, CKR_OK);
    assert_memory_not_equal(before.serialNumber, after.serialNumber, 16);
    session = open_session(SIGN);
    assert_int_equal(login(session, CKU_USER, "XYZ789"), CKR_OK);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(do_sign(SIGN), CKR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_each_command_fails, stop),
        cmocka_unit_test_teardown(test_a_lost_reply_is_not_tried_again, stop),
        cmocka_unit_test_teardown(test_a_right_pin_may_be_typed_again, stop),
        cmocka_unit_test_teardown(test_no_count_is_no_excuse, stop),
        cmocka_unit_test_teardown(test_an_unknown_counter_spares_the_try, stop),
        cmocka_unit_test_teardown(test_another_card_after_a_replug, stop),
        cmocka_unit_test_teardown(test_another_card_under_a_session, stop),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
