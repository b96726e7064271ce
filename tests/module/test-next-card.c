/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The next card, whose keys are on P-384: its certificates and public keys are
 * shown and verify, and nothing is sent to sign with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/module/support.h"

#define P384_LEN 96 /* bytes of r || s */

static const CK_BYTE p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static const char *const pins[] = {AUTH_PIN, SIGN_PIN};

static CK_SESSION_HANDLE logged_in(CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session = open_session(slot);
    CK_RV rv = login(session, CKU_USER, pins[slot]);

    assert_int_equal(rv, CKR_OK);
    return session;
}

static CK_RV ask_for(
    CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type)
{
    CK_BYTE value[256];
    CK_ATTRIBUTE attribute = {type, value, sizeof value};

    return CALL(C_GetAttributeValue, session, find_object(session, class),
        &attribute, 1);
}

static EVP_PKEY *certificate_key(CK_SESSION_HANDLE session)
{
    static uint8_t der[4096];
    const uint8_t *at = der;
    size_t len = attribute(session, find_object(session, CKO_CERTIFICATE),
        CKA_VALUE, der, sizeof der);
    X509 *x509 = d2i_X509(NULL, &at, (long)len);
    EVP_PKEY *key = X509_get_pubkey(x509);

    X509_free(x509);
    assert_non_null(key);
    return key;
}

static void expect_ec_key(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
    CK_OBJECT_HANDLE object = find_object(session, class);
    CK_KEY_TYPE type = CKK_RSA;
    CK_MECHANISM_TYPE allowed[4];
    CK_BYTE params[32];

    attribute(session, object, CKA_KEY_TYPE, &type, sizeof type);
    assert_int_equal(type, CKK_EC);
    assert_int_equal(
        attribute(session, object, CKA_EC_PARAMS, params, sizeof params),
        sizeof p384);
    assert_memory_equal(params, p384, sizeof p384);
    assert_int_equal(attribute(session, object, CKA_ALLOWED_MECHANISMS, allowed,
                         sizeof allowed),
        2 * sizeof *allowed);
    assert_int_equal(allowed[0], CKM_ECDSA);
    assert_int_equal(allowed[1], CKM_ECDSA_SHA384);
    assert_int_equal(
        ask_for(session, class, CKA_MODULUS), CKR_ATTRIBUTE_TYPE_INVALID);
}

/* CKA_EC_POINT is the certificate's point as DER of an OCTET STRING. */
static void test_public_key_is_that_of_the_certificate(void **state)
{
    CK_SLOT_ID slot;

    (void)state;
    start("next-card", NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        CK_SESSION_HANDLE session =
            slot == AUTH ? open_session(AUTH) : logged_in(SIGN);
        EVP_PKEY *key = certificate_key(session);
        CK_BYTE point[128], wanted[2 + 97] = {0x04, 97};
        size_t len = 0;

        expect_ec_key(session, CKO_PUBLIC_KEY);
        assert_int_equal(EVP_PKEY_get_octet_string_param(key,
                             OSSL_PKEY_PARAM_PUB_KEY, wanted + 2, 97, &len),
            1);
        assert_int_equal(
            attribute(session, find_object(session, CKO_PUBLIC_KEY),
                CKA_EC_POINT, point, sizeof point),
            sizeof wanted);
        assert_memory_equal(point, wanted, sizeof wanted);
        EVP_PKEY_free(key);
    }
}

static CK_ULONG list_mechanisms(CK_SLOT_ID slot, CK_MECHANISM_TYPE list[32])
{
    CK_ULONG count = 32;

    EXPECT(CKR_OK, C_GetMechanismList, slot, list, &count);
    return count;
}

static void test_mechanisms_are_those_of_the_key(void **state)
{
    static const CK_MECHANISM_TYPE wanted[] = {CKM_ECDSA, CKM_ECDSA_SHA384,
        CKM_SHA_1, CKM_SHA224, CKM_SHA256, CKM_SHA384, CKM_SHA512};
    CK_MECHANISM_TYPE list[32];
    CK_MECHANISM_INFO info;
    CK_SLOT_ID slot;
    size_t i;

    (void)state;
    start("next-card", NULL);
    /* Before any session, as Java asks. */
    for (slot = AUTH; slot <= SIGN; slot++) {
        assert_int_equal(
            list_mechanisms(slot, list), sizeof wanted / sizeof *wanted);
        assert_memory_equal(list, wanted, sizeof wanted);
    }
    for (i = 0; i < 2; i++) {
        EXPECT(CKR_OK, C_GetMechanismInfo, AUTH, wanted[i], &info);
        assert_int_equal(info.ulMinKeySize, 384);
        assert_int_equal(info.ulMaxKeySize, 384);
        assert_int_equal(
            info.flags & (CKF_SIGN | CKF_VERIFY | CKF_HW), CKF_VERIFY);
    }
    EXPECT(CKR_MECHANISM_INVALID, C_GetMechanismInfo, AUTH, CKM_SHA256_RSA_PKCS,
        &info);
    EXPECT(CKR_MECHANISM_INVALID, C_GetMechanismInfo, AUTH, CKM_RSA_PKCS_PSS,
        &info);
    find_object(logged_in(SIGN), CKO_CERTIFICATE);
    assert_int_equal(
        list_mechanisms(SIGN, list), sizeof wanted / sizeof *wanted);
}

/* The key pair of a card of today has no mechanism of EC. */
static void test_a_card_of_today_has_no_ecdsa(void **state)
{
    CK_MECHANISM_TYPE list[32];
    CK_MECHANISM_INFO info;
    CK_ULONG count, i;

    (void)state;
    start("adult", NULL);
    count = list_mechanisms(AUTH, list);
    assert_int_equal(list[0], CKM_RSA_PKCS);
    for (i = 0; i < count; i++)
        assert_true(list[i] != CKM_ECDSA && list[i] != CKM_ECDSA_SHA384);
    EXPECT(CKR_MECHANISM_INVALID, C_GetMechanismInfo, AUTH, CKM_ECDSA, &info);
}

/* r || s over "data" by the key that lies in the card's folder. */
static void sign_by_file(CK_BYTE ret_sig[P384_LEN])
{
    char path[1024];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[256];
    const uint8_t *at = der;
    size_t len = sizeof der;
    ECDSA_SIG *numbers;
    EVP_PKEY *key;
    FILE *in;

    (void)snprintf(path, sizeof path, "%s/next-card/key-0017.pem",
        getenv("JPKI_PERSONAS"));
    in = fopen(path, "re");
    assert_non_null(in);
    key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
    (void)fclose(in);
    assert_non_null(key);
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(ctx, der, &len, (const uint8_t *)"data", 4), 1);
    numbers = d2i_ECDSA_SIG(NULL, &at, (long)len);
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), ret_sig, P384_LEN / 2);
    BN_bn2binpad(
        ECDSA_SIG_get0_s(numbers), ret_sig + P384_LEN / 2, P384_LEN / 2);
    ECDSA_SIG_free(numbers);
    EVP_PKEY_free(key);
    EVP_MD_CTX_free(ctx);
}

static CK_RV verify(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type,
    const void *data, CK_ULONG len, const CK_BYTE *sig, CK_ULONG sig_len)
{
    CK_MECHANISM mechanism = {type, NULL, 0};
    CK_BYTE copy[64], sig_copy[P384_LEN + 1] = {0};
    CK_RV rv = CALL(C_VerifyInit, session, &mechanism,
        find_object(session, CKO_PUBLIC_KEY));

    if (rv != CKR_OK)
        return rv;
    memcpy(copy, data, len);
    memcpy(sig_copy, sig, sig_len < sizeof sig_copy ? sig_len : P384_LEN);
    return CALL(C_Verify, session, copy, len, sig_copy, sig_len);
}

static void test_verifies(void **state)
{
    CK_SESSION_HANDLE session;
    CK_BYTE sig[P384_LEN];
    uint8_t hash[EVP_MAX_MD_SIZE];

    (void)state;
    start("next-card", NULL);
    session = open_session(AUTH);
    sign_by_file(sig);
    assert_int_equal(EVP_Digest("data", 4, hash, NULL, EVP_sha384(), NULL), 1);
    assert_int_equal(
        verify(session, CKM_ECDSA_SHA384, "data", 4, sig, P384_LEN), CKR_OK);
    assert_int_equal(
        verify(session, CKM_ECDSA, hash, 48, sig, P384_LEN), CKR_OK);
    assert_int_equal(
        verify(session, CKM_ECDSA_SHA384, "date", 4, sig, P384_LEN),
        CKR_SIGNATURE_INVALID);
    assert_int_equal(
        verify(session, CKM_ECDSA_SHA384, "data", 4, sig, P384_LEN - 1),
        CKR_SIGNATURE_LEN_RANGE);
    assert_int_equal(verify(session, CKM_ECDSA_SHA384, "data", 4, sig, 256),
        CKR_SIGNATURE_LEN_RANGE);
    assert_int_equal(
        verify(session, CKM_SHA256_RSA_PKCS, "data", 4, sig, P384_LEN),
        CKR_MECHANISM_INVALID);
}

/* Whatever the mechanism: no PIN and no signing command reach the card. */
static void test_signs_nothing(void **state)
{
    static const CK_MECHANISM_TYPE types[] = {CKM_ECDSA, CKM_ECDSA_SHA384,
        CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS, CKM_RSA_PKCS_PSS};
    int reader = start("next-card", NULL);
    CK_SLOT_ID slot;
    size_t i;

    (void)state;
    for (slot = AUTH; slot <= SIGN; slot++) {
        CK_SESSION_HANDLE session = logged_in(slot);
        CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);
        struct vcard_ledger before = ledger(reader);
        CK_BBOOL may_sign = CK_TRUE;

        expect_ec_key(session, CKO_PRIVATE_KEY);
        assert_int_equal(ask_for(session, CKO_PRIVATE_KEY, CKA_VALUE),
            CKR_ATTRIBUTE_SENSITIVE);
        attribute(session, key, CKA_SIGN, &may_sign, sizeof may_sign);
        assert_int_equal(may_sign, CK_FALSE);
        for (i = 0; i < sizeof types / sizeof *types; i++) {
            CK_MECHANISM mechanism = {types[i], NULL, 0};

            EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, C_SignInit, session,
                &mechanism, key);
            assert_int_equal(login(session, CKU_CONTEXT_SPECIFIC, pins[slot]),
                CKR_OPERATION_NOT_INITIALIZED);
        }
        assert_int_equal(ledger(reader).apdus, before.apdus);
    }
    assert_says(status_text(open_session(SIGN)),
        "\"verdict\":\"unsupported-key\",\"reason\":\"The signing key is not "
        "an RSA key of 2048 bits: the next card is not supported yet; ");
}

/*
 * No signing command either to see whether the log-out worked, once the
 * certificate was read: the card is without power instead.
 */
static void test_log_out_asks_for_no_signature(void **state)
{
    int reader = start("next-card", NULL);
    CK_SESSION_HANDLE session = open_rw_session(AUTH);
    CK_UTF8CHAR old_pin[] = AUTH_PIN, new_pin[] = "4321";
    unsigned power_ons = ledger(reader).power_ons;

    (void)state;
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    EXPECT(CKR_OK, C_SetPIN, session, old_pin, 4, new_pin, 4);
    EXPECT(CKR_OK, C_CloseAllSessions, AUTH);
    assert_true(ledger(reader).power_ons > power_ons);
    assert_int_equal(ledger(reader).denied, 0);
    assert_int_equal(ledger(reader).signatures[AUTH], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(
            test_public_key_is_that_of_the_certificate, end_test),
        cmocka_unit_test_teardown(
            test_mechanisms_are_those_of_the_key, end_test),
        cmocka_unit_test_teardown(test_a_card_of_today_has_no_ecdsa, end_test),
        cmocka_unit_test_teardown(test_verifies, end_test),
        cmocka_unit_test_teardown(test_signs_nothing, end_test),
        cmocka_unit_test_teardown(test_log_out_asks_for_no_signature, end_test),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
