/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/support.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_short_answer_for_auth),
        TEST(test_one_short_answer_for_sign),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
