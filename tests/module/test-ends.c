/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * A signature begun ends with what it was begun under: the log-in, or the card
 * (docs/design.md sections 2 and 3).
 */

/* A session of ROLE with a signature begun. */
static CK_SESSION_HANDLE signing_session(int role)
{
    CK_SESSION_HANDLE session = user_session((CK_SLOT_ID)role);

    begin_signature(session);
    return session;
}

static void test_logout_ends_signatures(void **state)
{
    CK_SESSION_HANDLE session, other;
    unsigned apdus;
    int role, reader = start("adult", NULL);

    for (role = AUTH; role <= SIGN; role++) {
        session = signing_session(role);
        other = open_session((CK_SLOT_ID)role);
        apdus = ledger(reader).apdus;
        EXPECT(CKR_OK, C_Logout, other);
        assert_int_equal(
            finish_signature(session), CKR_OPERATION_NOT_INITIALIZED);
        assert_int_equal(ledger(reader).apdus, apdus);

        /* Nor does the next log-in bring it back. */
        EXPECT_LOGIN(CKR_OK, other, persona_pins[role]);
        assert_int_equal(
            finish_signature(session), CKR_OPERATION_NOT_INITIALIZED);
        assert_int_equal(ledger(reader).signatures[role], 0);
    }
}

static void test_logout_leaves_the_other_slot(void **state)
{
    CK_SESSION_HANDLE auth, sign;

    start("adult", NULL);
    auth = signing_session(AUTH);
    sign = signing_session(SIGN);
    EXPECT(CKR_OK, C_Logout, auth);
    assert_int_equal(finish_signature(sign), CKR_OK);
}

/*
 * Another card with the same keys, as after a visit to the city office, put in
 * between two looks at the reader: it is not the card that was logged in to.
 */
static void test_exchanged_card_ends_signatures(void **state)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    CK_SESSION_HANDLE session;
    CK_SESSION_INFO info;
    int role;

    for (role = AUTH; role <= SIGN; role++) {
        int reader = start("adult", NULL);

        session = signing_session(role);
        assert_int_equal(vcard_persona_copy("adult", folder), 0);
        assert_int_equal(vcontrol_swap(reader, folder), 0);
        assert_int_equal(finish_signature(session), CKR_DEVICE_REMOVED);
        assert_int_equal(ledger(reader).verifies[role], 0);
        EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, session, &info);
        end_test(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_logout_ends_signatures),
        TEST(test_logout_leaves_the_other_slot),
        TEST(test_exchanged_card_ends_signatures),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
