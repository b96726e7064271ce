/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/other_program.h"

/* Every kind of card, and what programs see of it: docs/design.md section 3. */

#define LOGIN_FLAGS (CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED)

/* What one slot of a persona shows. */
struct view {
    CK_FLAGS flags;  /* of the token, but CKF_TOKEN_INITIALIZED */
    CK_ULONG before; /* objects before the log-in */
    CK_RV login;
    CK_ULONG after; /* objects after it */
};

#define WORKS_AUTH                \
    {                             \
        LOGIN_FLAGS, 2, CKR_OK, 3 \
    }
#define WORKS_SIGN                \
    {                             \
        LOGIN_FLAGS, 0, CKR_OK, 3 \
    }
#define NOT_ISSUED                            \
    {                                         \
        0, 0, CKR_USER_PIN_NOT_INITIALIZED, 0 \
    }
#define LOCKED_AUTH                                                    \
    {                                                                  \
        CKF_LOGIN_REQUIRED | CKF_USER_PIN_LOCKED, 2, CKR_PIN_LOCKED, 2 \
    }
#define LOCKED_SIGN                                                    \
    {                                                                  \
        CKF_LOGIN_REQUIRED | CKF_USER_PIN_LOCKED, 0, CKR_PIN_LOCKED, 0 \
    }
#define LAST \
    (CKF_LOGIN_REQUIRED | CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY)

static const struct {
    const char *persona;
    struct view view[2];
} rows[] = {
    {"adult", {WORKS_AUTH, WORKS_SIGN}},
    {"child-6a82", {WORKS_AUTH, NOT_ISSUED}},
    {"child-zeros", {WORKS_AUTH, NOT_ISSUED}},
    {"child-ff", {WORKS_AUTH, NOT_ISSUED}},
    {"child-empty", {WORKS_AUTH, NOT_ISSUED}},
    {"child-6982", {WORKS_AUTH, NOT_ISSUED}},
    /* Only the file tells, and only after its PIN. */
    {"child-ff-late",
        {WORKS_AUTH, {LOGIN_FLAGS, 0, CKR_USER_PIN_NOT_INITIALIZED, 0}}},
    {"auth-declined", {NOT_ISSUED, WORKS_SIGN}},
    {"face", {LOCKED_AUTH, NOT_ISSUED}},
    {"phone", {{LOGIN_FLAGS, 0, CKR_OK, 3}, WORKS_SIGN}},
    {"juki", {WORKS_AUTH, WORKS_SIGN}},
    {"locked-auth", {LOCKED_AUTH, WORKS_SIGN}},
    {"locked-sign", {WORKS_AUTH, LOCKED_SIGN}},
    {"last-try",
        {{LAST, 2, CKR_FUNCTION_FAILED, 2}, {LAST, 0, CKR_FUNCTION_FAILED, 0}}},
    {"quirk-short-ids", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-short-ids-6a82", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-short-ids-6d00", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-no-ef0008", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-reset-drops", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-query-selects", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-select-keeps", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-6983", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-6f00-first", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-no-pss", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-access-first", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-salt20", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-no-isd", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-no-foreign", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-6300", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-6282", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-6cxx", {WORKS_AUTH, WORKS_SIGN}},
    {"quirk-61xx", {WORKS_AUTH, WORKS_SIGN}},
};

/* Logs in as VIEW expects and, where that works, signs three times. */
static void check_view(const struct view *view, int role)
{
    static const char data[] = "data";
    CK_SESSION_HANDLE session = open_session((CK_SLOT_ID)role);
    uint8_t sig[SIGNATURE_SIZE], cert[4096];
    CK_OBJECT_HANDLE key;
    size_t len;
    int i;

    assert_int_equal(
        token_flags((CK_SLOT_ID)role), CKF_TOKEN_INITIALIZED | view->flags);
    assert_int_equal(count_objects(session), view->before);
    assert_int_equal(login(session, CKU_USER, persona_pins[role]), view->login);
    assert_int_equal(count_objects(session), view->after);
    if (view->login != CKR_OK)
        return;
    key = find_object(session, CKO_PRIVATE_KEY);
    len = attribute(session, find_object(session, CKO_CERTIFICATE), CKA_VALUE,
        cert, sizeof cert);
    for (i = 0; i < 3; i++) {
        assert_int_equal(sign_with(session, key, CKM_SHA256_RSA_PKCS, data,
                             sizeof data, sig),
            CKR_OK);
        assert_true(openssl_verifies(
            cert, len, "SHA256", data, sizeof data, sig, sizeof sig));
    }
}

static void test_personas(void **state)
{
    size_t i;
    int role;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("persona %s\n", rows[i].persona);
        start(rows[i].persona, NULL);
        for (role = AUTH; role <= SIGN; role++)
            check_view(&rows[i].view[role], role);
        end_test(state);
    }
}

/*
 * Between two calls no program can use a PIN that was given to this one: an
 * observer sends the bare signing command for each key after every step.
 */
static void observe(int reader)
{
    static const uint8_t keys[] = {0x17, 0x1a};
    size_t i;

    for (i = 0; i < 2; i++) {
        const uint8_t ef[] = {0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, keys[i]};
        const uint8_t sign[] = {0x80, 0x2a, 0x00, 0x80, 0x01, 0x00, 0x00};
        other_select_jpki(reader);
        (void)other_send(reader, ef, sizeof ef);
        assert_int_equal(other_send(reader, sign, sizeof sign), 0x6982);
    }
}

static void test_other_program_never_signs(void **state)
{
    static const char *const personas[] = {
        "adult", "quirk-reset-drops", "quirk-select-keeps", "quirk-no-foreign"};
    uint8_t sig[SIGNATURE_SIZE];
    size_t i;
    int reader, role, n;

    for (i = 0; i < sizeof personas / sizeof *personas; i++) {
        reader = start(personas[i], NULL);
        for (role = AUTH; role <= SIGN; role++) {
            CK_SESSION_HANDLE session = open_session((CK_SLOT_ID)role);
            CK_OBJECT_HANDLE key;

            observe(reader);
            EXPECT_LOGIN(CKR_OK, session, persona_pins[role]);
            observe(reader);
            key = find_object(session, CKO_PRIVATE_KEY);
            for (n = 0; n < 3; n++) {
                assert_int_equal(
                    sign_with(session, key, CKM_RSA_PKCS, "a", 1, sig), CKR_OK);
                observe(reader);
            }
            assert_int_equal(ledger(reader).signatures[role], 3);
        }
        end_test(state);
    }
}

static void test_card_without_jpki_is_asked_once(void **state)
{
    CK_SESSION_HANDLE session;
    CK_TOKEN_INFO info;
    CK_ULONG count = 0;
    int i, reader = start("foreign", NULL);

    for (i = 0; i < 3; i++) {
        EXPECT(CKR_TOKEN_NOT_RECOGNIZED, C_GetTokenInfo, AUTH, &info);
        EXPECT(CKR_TOKEN_NOT_RECOGNIZED, C_GetTokenInfo, SIGN, &info);
        EXPECT(CKR_TOKEN_NOT_RECOGNIZED, C_OpenSession, AUTH,
            CKF_SERIAL_SESSION, NULL, NULL, &session);
        EXPECT(CKR_OK, C_GetSlotList, CK_TRUE, NULL, &count);
    }
    assert_int_equal(ledger(reader).apdus, 1);
    assert_int_equal(ledger(reader).selects, 1);
}

/* One card, one serial number; another card, another; the same after log-in. */
static void test_serial_numbers(void **state)
{
    static const char *const personas[] = {"adult", "adult2", "phone"};
    unsigned char seen[3][16];
    CK_TOKEN_INFO info;
    size_t i;

    for (i = 0; i < 3; i++) {
        CK_SESSION_HANDLE session;
        start(personas[i], NULL);
        EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &info);
        memcpy(seen[i], info.serialNumber, 16);
        EXPECT(CKR_OK, C_GetTokenInfo, SIGN, &info);
        assert_memory_equal(info.serialNumber, seen[i], 16);
        session = open_session(SIGN);
        assert_int_equal(
            login(session, CKU_USER,
                strcmp(personas[i], "adult2") ? SIGN_PIN : "XYZ789"),
            CKR_OK);
        EXPECT(CKR_OK, C_GetTokenInfo, SIGN, &info);
        assert_memory_equal(info.serialNumber, seen[i], 16);
        end_test(state);
    }
    assert_memory_not_equal(seen[0], seen[1], 16);
    assert_memory_not_equal(seen[0], seen[2], 16);
}

/* LABEL, a space and the first four digits of the serial number. */
static void expect_label(const CK_TOKEN_INFO *info, const char *label)
{
    char expected[sizeof info->label];
    size_t len = strlen(label);

    memset(expected, ' ', sizeof expected);
    memcpy(expected, label, len);
    memcpy(expected + len + 1, info->serialNumber, 4);
    assert_memory_equal(info->label, expected, sizeof info->label);
}

static void test_token_texts(void **state)
{
    static const struct {
        const char *persona, *model;
    } models[] = {{"adult", "My Number Card  "}, {"phone", "JPKI on phone   "}};
    CK_TOKEN_INFO info;
    CK_SLOT_INFO slot;
    size_t i;

    for (i = 0; i < 2; i++) {
        start(models[i].persona, NULL);
        EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &info);
        expect_label(&info, "JPKI Auth (4-digit PIN)");
        assert_memory_equal(info.model, models[i].model, 16);
        assert_int_equal(info.ulMinPinLen, 4);
        assert_int_equal(info.ulMaxPinLen, 4);
        EXPECT(CKR_OK, C_GetTokenInfo, SIGN, &info);
        expect_label(&info, "JPKI Sign (6-16 chars)");
        assert_int_equal(info.ulMinPinLen, 6);
        assert_int_equal(info.ulMaxPinLen, 16);
        EXPECT(CKR_OK, C_GetSlotInfo, SIGN, &slot);
        assert_int_equal(
            slot.flags, CKF_TOKEN_PRESENT | CKF_REMOVABLE_DEVICE | CKF_HW_SLOT);
        assert_memory_equal(
            slot.slotDescription, "Virtual Reader sign          ", 29);
        end_test(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_personas),
        TEST(test_other_program_never_signs),
        TEST(test_card_without_jpki_is_asked_once),
        TEST(test_serial_numbers),
        TEST(test_token_texts),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
