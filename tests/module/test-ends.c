/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * A signature begun ends with what it was begun under: the log-in, or the card
 * (design.md sections 2 and 3).
 */

static const char *const pins[] = {[AUTH] = AUTH_PIN, [SIGN] = SIGN_PIN};

/* A session of ROLE with a signature begun. */
static CK_SESSION_HANDLE begin_signature(int role)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_SESSION_HANDLE session = open_session((CK_SLOT_ID)role);

    assert_int_equal(login(session, CKU_USER, pins[role]), CKR_OK);
    EXPECT(CKR_OK, C_SignInit, session, &mechanism,
        find_object(session, CKO_PRIVATE_KEY));
    return session;
}

static CK_RV end_signature(CK_SESSION_HANDLE session)
{
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;

    return CALL(C_Sign, session, data, sizeof data, sig, &len);
}

static void test_a_log_out_ends_signatures(void **state)
{
    CK_SESSION_HANDLE session, other;
    unsigned apdus;
    int role, reader;

    (void)state;
    reader = start("adult", NULL);
    for (role = AUTH; role <= SIGN; role++) {
        session = begin_signature(role);
        other = open_session((CK_SLOT_ID)role);
        apdus = ledger(reader).apdus;
        EXPECT(CKR_OK, C_Logout, other);
        assert_int_equal(end_signature(session), CKR_OPERATION_NOT_INITIALIZED);
        assert_int_equal(ledger(reader).apdus, apdus);

        /* Nor does the next log-in bring it back. */
        assert_int_equal(login(other, CKU_USER, pins[role]), CKR_OK);
        assert_int_equal(end_signature(session), CKR_OPERATION_NOT_INITIALIZED);
        assert_int_equal(ledger(reader).signatures[role], 0);
    }
}

static void test_a_log_out_leaves_the_other_slot(void **state)
{
    CK_SESSION_HANDLE auth, sign;

    (void)state;
    start("adult", NULL);
    auth = begin_signature(AUTH);
    sign = begin_signature(SIGN);
    EXPECT(CKR_OK, C_Logout, auth);
    assert_int_equal(end_signature(sign), CKR_OK);
}

/*
 * Another card with the same keys, as after a visit to the city office, put in
 * between two looks at the reader: it is not the card that was logged in to.
 */
static void test_a_card_exchanged_is_another_card(void **state)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    CK_SESSION_HANDLE session;
    CK_SESSION_INFO info;
    int role;

    for (role = AUTH; role <= SIGN; role++) {
        int reader = start("adult", NULL);

        session = begin_signature(role);
        assert_int_equal(vcard_persona_copy("adult", folder), 0);
        assert_int_equal(vcontrol_swap(reader, folder), 0);
        assert_int_equal(end_signature(session), CKR_DEVICE_REMOVED);
        assert_int_equal(ledger(reader).verifies[role], 0);
        EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, session, &info);
        stop(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_log_out_ends_signatures, stop),
        cmocka_unit_test_teardown(test_a_log_out_leaves_the_other_slot, stop),
        cmocka_unit_test_teardown(test_a_card_exchanged_is_another_card, stop),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
