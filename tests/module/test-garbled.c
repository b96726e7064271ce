/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * One answer of the card that came with too few bytes, on the way from an
 * inserted card to its certificate: nothing is lost by it.
 */

#define CERT_MAX 3072

static CK_SESSION_HANDLE session;

/* Opens a session, logs in and reads the certificate into RET_DER. */
static size_t use(int role, uint8_t ret_der[CERT_MAX])
{
    CK_OBJECT_HANDLE cert;

    session = open_session((CK_SLOT_ID)role);
    EXPECT_LOGIN(CKR_OK, session, role == AUTH ? AUTH_PIN : SIGN_PIN);
    cert = find_object(session, CKO_CERTIFICATE);
    assert_int_not_equal(cert, 0);
    return attribute(session, cert, CKA_VALUE, ret_der, CERT_MAX);
}

static void at_each_command(int role)
{
    static const struct vfault_plan faults[] = {
        {0, VFAULT_LESS, 1, false}, {0, VFAULT_CUT, 0, false}};
    uint8_t expected[CERT_MAX], der[CERT_MAX];
    int reader = start("adult", NULL);
    size_t len = use(role, expected), i;
    unsigned commands = ledger(reader).apdus, at;

    for (at = 0; at < commands; at++) {
        for (i = 0; i < sizeof faults / sizeof *faults; i++) {
            exchange(reader, "adult");
            vcontrol_fault(reader, at, faults[i].how, faults[i].value);
            assert_int_equal(use(role, der), len);
            assert_memory_equal(der, expected, len);
            assert_int_equal(ledger(reader).verifies[role], 1);
            assert_int_equal(sign_data(session), CKR_OK);
        }
    }
}

static void test_one_short_answer_for_auth(void **state)
{
    at_each_command(AUTH);
}

static void test_one_short_answer_for_sign(void **state)
{
    at_each_command(SIGN);
}

/* The adult's card without its authentication certificate. */
static void insert_without_auth(int reader)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    char path[sizeof folder + sizeof "/ef/000A"];

    assert_int_equal(vcard_persona_copy("adult", folder), 0);
    (void)snprintf(path, sizeof path, "%s/ef/000A", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(vcontrol_insert(reader, folder), 0);
}

/*
 * EF 0008 says that there is a certificate and its file that there is none: no
 * PIN is asked for, nor sent, though a command on the way be lost.
 */
static void test_no_verify_without_a_certificate(void **state)
{
    CK_TOKEN_INFO info;
    unsigned commands, at;
    int reader = start(NULL, NULL);

    insert_without_auth(reader);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &info);
    commands = ledger(reader).apdus;
    for (at = 0; at <= commands; at++) {
        vcontrol_remove(reader);
        insert_without_auth(reader);
        vcontrol_fault(reader, at, VFAULT_PCSC, 0x80100016);
        EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &info);
        assert_false(info.flags & CKF_USER_PIN_INITIALIZED);
        session = open_session(SIGN);
        session = open_session(AUTH);
        EXPECT_LOGIN(CKR_USER_PIN_NOT_INITIALIZED, session, "9999");
        assert_int_equal(ledger(reader).verifies[AUTH], 0);
    }
}

/*
 * The signing slot of a card that only a session for logging in used so far:
 * that there is no such certificate is asked before a PIN is, though a command
 * on the way be lost.
 */
static void test_no_verify_of_a_card_known_for_auth(void **state)
{
    CK_TOKEN_INFO info;
    unsigned at;
    int reader = start(NULL, NULL);

    for (at = 0; at <= 4; at++) {
        vcontrol_remove(reader);
        insert(reader, "child-zeros");
        session = open_session(AUTH);
        vcontrol_fault(reader, at, VFAULT_PCSC, 0x80100016);
        session = open_session(SIGN);
        EXPECT(CKR_OK, C_GetTokenInfo, SIGN, &info);
        assert_false(info.flags & CKF_USER_PIN_INITIALIZED);
        EXPECT_LOGIN(CKR_USER_PIN_NOT_INITIALIZED, session, SIGN_PIN);
        assert_int_equal(ledger(reader).verifies[SIGN], 0);
    }
}

/* The same, asked beside that session by C_GetTokenInfo alone. */
static void test_token_info_beside_a_session_for_auth(void **state)
{
    CK_TOKEN_INFO info;
    int reader = start(NULL, NULL);

    insert(reader, "child-zeros");
    session = open_session(AUTH);
    EXPECT(CKR_OK, C_GetTokenInfo, SIGN, &info);
    assert_false(info.flags & CKF_USER_PIN_INITIALIZED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_short_answer_for_auth),
        TEST(test_one_short_answer_for_sign),
        TEST(test_no_verify_without_a_certificate),
        TEST(test_no_verify_of_a_card_known_for_auth),
        TEST(test_token_info_beside_a_session_for_auth),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
