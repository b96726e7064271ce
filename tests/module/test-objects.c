/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tests/module/support.h"

/* Objects, their attributes and how they are found (PKCS #11 4, 5.7). */

static void test_auth_objects(void **state)
{
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE cert, key;
    CK_BBOOL value = CK_TRUE;

    start("adult", NULL);
    session = open_session(AUTH);
    assert_int_equal(count_objects(session), 2);
    cert = find_object(session, CKO_CERTIFICATE);
    assert_true(find_object(session, CKO_PUBLIC_KEY) != 0);
    assert_int_equal(find_object(session, CKO_PRIVATE_KEY), 0);
    attribute(session, cert, CKA_PRIVATE, &value, sizeof value);
    assert_int_equal(value, CK_FALSE);

    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    assert_int_equal(count_objects(session), 3);
    assert_int_equal(find_object(session, CKO_CERTIFICATE), cert);
    key = find_object(session, CKO_PRIVATE_KEY);
    EXPECT(CKR_OK, C_Logout, session);
    assert_int_equal(count_objects(session), 2);

    /* A handle that died at log-out never comes back. */
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    assert_true(find_object(session, CKO_PRIVATE_KEY) != key);
}

static void test_sign_objects(void **state)
{
    CK_SESSION_HANDLE session;
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE templ = {CKA_PRIVATE, &value, sizeof value};
    CK_OBJECT_HANDLE cert;

    start("adult", NULL);
    session = open_session(SIGN);
    assert_int_equal(count_objects(session), 0);
    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    assert_int_equal(count_objects(session), 3);
    cert = find_object(session, CKO_CERTIFICATE);
    attribute(session, cert, CKA_PRIVATE, &value, sizeof value);
    assert_int_equal(value, CK_TRUE);
    EXPECT(CKR_OK, C_Logout, session);
    assert_int_equal(count_objects(session), 0);
    EXPECT(CKR_OBJECT_HANDLE_INVALID, C_GetAttributeValue, session, cert,
        &templ, 1);
}

/* One CKA_ID on certificate, public and private key: how programs pair them. */
static void test_id_is_the_subject_key_identifier(void **state)
{
    static const CK_OBJECT_CLASS classes[] = {
        CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY};
    uint8_t id[32], der[4096];
    const unsigned char *p = der;
    CK_SESSION_HANDLE session;
    X509 *cert;
    size_t len, i;

    start("adult", NULL);
    session = user_session(AUTH);
    len = attribute(session, find_object(session, CKO_CERTIFICATE), CKA_VALUE,
        der, sizeof der);
    cert = d2i_X509(NULL, &p, (long)len);
    assert_non_null(cert);
    assert_ptr_equal(p, der + len); /* no padding of the file after it */
    for (i = 0; i < 3; i++) {
        const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id(cert);
        len = attribute(
            session, find_object(session, classes[i]), CKA_ID, id, sizeof id);
        assert_int_equal(len, ASN1_STRING_length(ski));
        assert_memory_equal(id, ASN1_STRING_get0_data(ski), len);
    }
    X509_free(cert);
}

static void test_key_attributes(void **state)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        CK_BBOOL value;
    } rows[] = {{CKA_TOKEN, CK_TRUE}, {CKA_PRIVATE, CK_TRUE},
        {CKA_SENSITIVE, CK_TRUE}, {CKA_EXTRACTABLE, CK_FALSE},
        {CKA_SIGN, CK_TRUE}, {CKA_DECRYPT, CK_FALSE}, {CKA_UNWRAP, CK_FALSE},
        {CKA_MODIFIABLE, CK_FALSE}};
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    size_t i;

    start("adult", NULL);
    session = user_session(SIGN);
    key = find_object(session, CKO_PRIVATE_KEY);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_BBOOL value = 0x77;
        assert_int_equal(
            attribute(session, key, rows[i].type, &value, sizeof value),
            sizeof value);
        assert_int_equal(value, rows[i].value);
    }
}

/* The searches that NSS, OpenSSH, GnuTLS and Java make. */
static void test_searches(void **state)
{
    CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY, cert = CKO_CERTIFICATE;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    uint8_t id[32], value[4096], subject[512];
    CK_ATTRIBUTE by_id = {CKA_ID, id, 0};
    CK_ATTRIBUTE by_value[] = {
        {CKA_VALUE, value, 0}, {CKA_CLASS, &cert, sizeof cert}};
    CK_ATTRIBUTE by_subject = {CKA_SUBJECT, subject, 0};
    CK_ATTRIBUTE to_sign[] = {{CKA_CLASS, &private_key, sizeof private_key},
        {CKA_ID, id, 0}, {CKA_SIGN, &yes, sizeof yes}};
    CK_ATTRIBUTE off_token = {CKA_TOKEN, &no, sizeof no};
    const struct {
        CK_ATTRIBUTE *templ;
        CK_ULONG count, found;
    } rows[] = {{&by_id, 1, 3}, {by_value, 2, 1}, {&by_subject, 1, 3},
        {to_sign, 3, 1}, {&off_token, 1, 0}};
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE object;
    size_t i;

    start("adult", NULL);
    session = user_session(AUTH);
    object = find_object(session, CKO_CERTIFICATE);
    by_id.ulValueLen = attribute(session, object, CKA_ID, id, sizeof id);
    to_sign[1].ulValueLen = by_id.ulValueLen;
    by_value[0].ulValueLen =
        attribute(session, object, CKA_VALUE, value, sizeof value);
    by_subject.ulValueLen =
        attribute(session, object, CKA_SUBJECT, subject, sizeof subject);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_OBJECT_HANDLE found[8];
        CK_ULONG count = 8;
        EXPECT(
            CKR_OK, C_FindObjectsInit, session, rows[i].templ, rows[i].count);
        EXPECT(CKR_OK, C_FindObjects, session, found, 8, &count);
        EXPECT(CKR_OK, C_FindObjectsFinal, session);
        assert_int_equal(count, rows[i].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_auth_objects),
        TEST(test_sign_objects),
        TEST(test_id_is_the_subject_key_identifier),
        TEST(test_key_attributes),
        TEST(test_searches),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
