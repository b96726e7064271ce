/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"

/* RSASSA-PSS: which cards offer it, and what withdraws it. */

static CK_RSA_PKCS_PSS_PARAMS good = {CKM_SHA256, CKG_MGF1_SHA256, 32};
static CK_MECHANISM raw = {CKM_RSA_PKCS_PSS, &good, sizeof good};
static CK_MECHANISM hashed = {CKM_SHA256_RSA_PKCS_PSS, &good, sizeof good};

static bool is_listed(CK_SLOT_ID slot, CK_MECHANISM_TYPE type)
{
    CK_MECHANISM_TYPE types[32];
    CK_MECHANISM_INFO info;
    CK_ULONG count = 32, i;
    bool listed = false;

    EXPECT(CKR_OK, C_GetMechanismList, slot, types, &count);
    for (i = 0; i < count; i++)
        listed |= types[i] == type;
    EXPECT(listed ? CKR_OK : CKR_MECHANISM_INVALID, C_GetMechanismInfo, slot,
        type, &info);
    return listed;
}

static CK_OBJECT_HANDLE log_in_for_key(CK_SESSION_HANDLE *ret_session)
{
    *ret_session = open_session(AUTH);
    assert_int_equal(login(*ret_session, CKU_USER, AUTH_PIN), CKR_OK);
    return find_object(*ret_session, CKO_PRIVATE_KEY);
}

static void test_pss(void **state)
{
    static const struct {
        const char *persona, *conf;
        bool offered;
    } rows[] = {
        {"adult", NULL, true},
        {"adult", "[card]\npss = no\n", false},
        {"quirk-no-pss", NULL, false},
        {"quirk-short-ids", NULL, true},
        {"quirk-short-ids-6a82", NULL, true},
        {"quirk-short-ids-6d00", NULL, true},
        /* Its answers tell nothing: pss = yes decides. */
        {"quirk-access-first", NULL, false},
        {"quirk-access-first", "[card]\npss = yes\n", true},
        {"phone", NULL, true},
        {"auth-declined", NULL, true},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        int reader = start(rows[i].persona, rows[i].conf);
        struct vcard_ledger now;
        unsigned apdus;

        assert_int_equal(is_listed(AUTH, CKM_RSA_PKCS_PSS), rows[i].offered);
        apdus = ledger(reader).apdus;
        /* Asked once a card, for both slots, and without a PIN. */
        assert_int_equal(
            is_listed(SIGN, CKM_SHA256_RSA_PKCS_PSS), rows[i].offered);
        now = ledger(reader);
        assert_int_equal(now.apdus, apdus);
        assert_int_equal(now.verifies[AUTH] + now.verifies[SIGN], 0);
        assert_int_equal(now.signatures[AUTH] + now.signatures[SIGN], 0);
        end_test(state);
    }
}

static void test_pss_signatures(void **state)
{
    static const uint8_t hash_of_abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01,
        0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03,
        0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00,
        0x15, 0xad};
    uint8_t sig[SIGNATURE_SIZE], cert[4096];
    CK_BYTE data[32], abc[] = {'a', 'b', 'c'};
    CK_SESSION_HANDLE session;
    CK_ULONG len = sizeof sig;
    int reader = start("adult", NULL);
    CK_OBJECT_HANDLE key = log_in_for_key(&session);
    CK_OBJECT_HANDLE public_key = find_object(session, CKO_PUBLIC_KEY);
    size_t cert_len = attribute(session, find_object(session, CKO_CERTIFICATE),
        CKA_VALUE, cert, sizeof cert);

    memcpy(data, hash_of_abc, sizeof data);
    EXPECT(CKR_OK, C_SignInit, session, &raw, key);
    EXPECT(CKR_OK, C_Sign, session, data, sizeof data, sig, &len);
    assert_true(
        openssl_verifies_pss(cert, cert_len, abc, sizeof abc, sig, len));
    EXPECT(CKR_OK, C_VerifyInit, session, &hashed, public_key);
    EXPECT(CKR_OK, C_Verify, session, abc, sizeof abc, sig, len);

    /* As Firefox does it in TLS 1.3. */
    EXPECT(CKR_OK, C_SignInit, session, &hashed, key);
    EXPECT(CKR_OK, C_SignUpdate, session, abc, 1);
    EXPECT(CKR_OK, C_SignUpdate, session, abc + 1, 2);
    EXPECT(CKR_OK, C_SignFinal, session, sig, &len);
    assert_true(
        openssl_verifies_pss(cert, cert_len, abc, sizeof abc, sig, len));
    EXPECT(CKR_OK, C_VerifyInit, session, &raw, public_key);
    EXPECT(CKR_OK, C_Verify, session, data, sizeof data, sig, len);
    sig[9] ^= 4;
    EXPECT(CKR_OK, C_VerifyInit, session, &raw, public_key);
    EXPECT(
        CKR_SIGNATURE_INVALID, C_Verify, session, data, sizeof data, sig, len);
    assert_int_equal(ledger(reader).signatures[AUTH], 2);
}

/* After 6F00 the card is asked again. */
static void test_pss_after_an_odd_answer(void **state)
{
    CK_ULONG count = 0;
    int reader = start("quirk-no-pss", NULL);

    /* The certificate is read before. */
    find_object(open_session(AUTH), CKO_CERTIFICATE);
    /* SELECT, and then the question. */
    vcontrol_fault(reader, 1, VFAULT_SW, 0x6f00);
    EXPECT(CKR_DEVICE_ERROR, C_GetMechanismList, AUTH, NULL, &count);
    assert_false(is_listed(AUTH, CKM_RSA_PKCS_PSS));
}

/* What fails before the signing command, or may pass, says nothing of PSS. */
static void test_pss_after_a_failure_before_it(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    CK_BYTE data[32] = {0};
    CK_ULONG len = sizeof sig;
    /* SELECT of JPKI and of the PIN's file, query, VERIFY, the signature. */
    static const struct {
        unsigned at;
        enum vfault how;
        CK_RV rv;
    } rows[] = {
        {0, VFAULT_SW, CKR_DEVICE_ERROR},
        {1, VFAULT_SW, CKR_DEVICE_ERROR},
        {2, VFAULT_SW, CKR_DEVICE_ERROR},
        {3, VFAULT_SW, CKR_DEVICE_ERROR},
        {4, VFAULT_SW, CKR_OK}, /* once more, by SELECT of the key's file */
        {4, VFAULT_LESS, CKR_DEVICE_ERROR},
    };
    size_t i;
    int reader = start("adult", NULL);

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        key = log_in_for_key(&session);
        EXPECT(CKR_OK, C_SignInit, session, &raw, key);
        vcontrol_fault(reader, rows[i].at, rows[i].how,
            rows[i].how == VFAULT_SW ? 0x6581 : 1);
        EXPECT(rows[i].rv, C_Sign, session, data, sizeof data, sig, &len);
        assert_true(is_listed(AUTH, CKM_RSA_PKCS_PSS));
        EXPECT(CKR_OK, C_CloseAllSessions, AUTH);
    }
}

/* Signatures with a salt of another length are refused by verifiers. */
static void test_pss_of_a_wrong_salt(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    CK_SESSION_HANDLE session;
    CK_BYTE data[32] = {0};
    CK_ULONG len = sizeof sig;
    int reader = start("quirk-salt20", NULL);
    CK_OBJECT_HANDLE key = log_in_for_key(&session);

    assert_true(is_listed(AUTH, CKM_RSA_PKCS_PSS));
    EXPECT(CKR_OK, C_SignInit, session, &raw, key);
    EXPECT(CKR_DEVICE_ERROR, C_Sign, session, data, sizeof data, sig, &len);
    assert_false(is_listed(AUTH, CKM_RSA_PKCS_PSS));
    EXPECT(CKR_MECHANISM_INVALID, C_SignInit, session, &raw, key);
    assert_int_equal(
        sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1, sig), CKR_OK);

    exchange(reader, "adult");
    assert_true(is_listed(AUTH, CKM_RSA_PKCS_PSS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pss),
        TEST(test_pss_signatures),
        TEST(test_pss_after_an_odd_answer),
        TEST(test_pss_after_a_failure_before_it),
        TEST(test_pss_of_a_wrong_salt),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
