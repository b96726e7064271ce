/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"

/* The main job: log in, find the key, sign, and what OpenSSL says of it. */

static const char *const pins[] = {[AUTH] = AUTH_PIN, [SIGN] = SIGN_PIN};

static const struct {
    CK_MECHANISM_TYPE type;
    const char *hash; /* NULL: the bytes as they are */
} mechanisms[] = {
    {CKM_RSA_PKCS, NULL},
    {CKM_SHA1_RSA_PKCS, "SHA1"},
    {CKM_SHA224_RSA_PKCS, "SHA224"},
    {CKM_SHA256_RSA_PKCS, "SHA256"},
    {CKM_SHA384_RSA_PKCS, "SHA384"},
    {CKM_SHA512_RSA_PKCS, "SHA512"},
};

#define MECHANISMS (sizeof mechanisms / sizeof *mechanisms)

/* A logged-in session with its key and certificate. */
static struct {
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE private_key, public_key;
    uint8_t cert[4096];
    size_t cert_len;
} desk;

static void sit_down(int role)
{
    desk.session = open_session((CK_SLOT_ID)role);
    assert_int_equal(login(desk.session, CKU_USER, pins[role]), CKR_OK);
    desk.private_key = find_object(desk.session, CKO_PRIVATE_KEY);
    desk.public_key = find_object(desk.session, CKO_PUBLIC_KEY);
    desk.cert_len =
        attribute(desk.session, find_object(desk.session, CKO_CERTIFICATE),
            CKA_VALUE, desk.cert, sizeof desk.cert);
}

static void test_each_mechanism(void **state)
{
    static const char data[] = "the bytes that are signed";
    uint8_t sig[SIGNATURE_SIZE];
    int role;
    size_t i;

    (void)state;
    start("adult", NULL);
    for (role = AUTH; role <= SIGN; role++) {
        sit_down(role);
        for (i = 0; i < MECHANISMS; i++) {
            assert_int_equal(sign_with(desk.session, desk.private_key,
                                 mechanisms[i].type, data, sizeof data, sig),
                CKR_OK);
            assert_true(openssl_verifies(desk.cert, desk.cert_len,
                mechanisms[i].hash, data, sizeof data, sig, sizeof sig));
        }
    }
}

static void test_parts_make_the_same_signature(void **state)
{
    CK_BYTE data[] = "one two three";
    size_t i;

    (void)state;
    start("adult", NULL);
    sit_down(SIGN);
    for (i = 0; i < MECHANISMS; i++) {
        CK_MECHANISM mechanism = {mechanisms[i].type, NULL, 0};
        uint8_t sig[SIGNATURE_SIZE];
        CK_ULONG len = 0;

        EXPECT(CKR_OK, C_SignInit, desk.session, &mechanism, desk.private_key);
        EXPECT(CKR_OK, C_SignUpdate, desk.session, data, 4);
        EXPECT(CKR_OK, C_SignUpdate, desk.session, NULL, 0);
        EXPECT(CKR_OK, C_SignUpdate, desk.session, data + 4, sizeof data - 4);
        EXPECT(CKR_OK, C_SignFinal, desk.session, NULL, &len);
        assert_int_equal(len, SIGNATURE_SIZE);
        EXPECT(CKR_OK, C_SignFinal, desk.session, sig, &len);
        assert_true(openssl_verifies(desk.cert, desk.cert_len,
            mechanisms[i].hash, data, sizeof data, sig, len));
    }
}

/* PKCS #11 5.2: neither a question for the size nor too small a buffer counts.
 */
static void test_two_calls(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "data";
    uint8_t sig[SIGNATURE_SIZE + 1];
    CK_ULONG len = 0;
    unsigned apdus;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    sit_down(AUTH);
    EXPECT(CKR_OK, C_SignInit, desk.session, &mechanism, desk.private_key);
    apdus = ledger(reader).apdus;
    EXPECT(CKR_OK, C_Sign, desk.session, data, 4, NULL, &len);
    assert_int_equal(len, SIGNATURE_SIZE);
    len = SIGNATURE_SIZE - 1;
    EXPECT(CKR_BUFFER_TOO_SMALL, C_Sign, desk.session, data, 4, sig, &len);
    assert_int_equal(len, SIGNATURE_SIZE);
    assert_int_equal(ledger(reader).apdus, apdus);
    len = sizeof sig;
    EXPECT(CKR_OK, C_Sign, desk.session, data, 4, sig, &len);
    assert_int_equal(len, SIGNATURE_SIZE);
    EXPECT(CKR_OPERATION_NOT_INITIALIZED, C_Sign, desk.session, data, 4, sig,
        &len);
}

/* CKM_RSA_PKCS takes 1 to 245 bytes: 256 less the padding (RFC 8017 9.2). */
static void test_raw_lengths(void **state)
{
    static const struct {
        size_t len;
        CK_RV rv;
    } rows[] = {{0, CKR_DATA_LEN_RANGE}, {1, CKR_OK}, {51, CKR_OK},
        {83, CKR_OK}, {245, CKR_OK}, {246, CKR_DATA_LEN_RANGE},
        {300, CKR_DATA_LEN_RANGE}};
    uint8_t data[300], sig[SIGNATURE_SIZE];
    size_t i;
    int reader;

    (void)state;
    memset(data, 0x5a, sizeof data);
    reader = start("adult", NULL);
    sit_down(AUTH);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned apdus = ledger(reader).apdus;
        assert_int_equal(sign_with(desk.session, desk.private_key, CKM_RSA_PKCS,
                             data, rows[i].len, sig),
            rows[i].rv);
        if (rows[i].rv == CKR_OK)
            assert_true(openssl_verifies(desk.cert, desk.cert_len, NULL, data,
                rows[i].len, sig, sizeof sig));
        else
            assert_int_equal(ledger(reader).apdus, apdus);
    }
}

static void test_verify(void **state)
{
    CK_BYTE data[] = "signed";
    uint8_t sig[SIGNATURE_SIZE];
    size_t i;

    (void)state;
    start("adult", NULL);
    sit_down(AUTH);
    for (i = 0; i < MECHANISMS; i++) {
        CK_MECHANISM mechanism = {mechanisms[i].type, NULL, 0};

        assert_int_equal(sign_with(desk.session, desk.private_key,
                             mechanisms[i].type, data, sizeof data, sig),
            CKR_OK);
        EXPECT(CKR_OK, C_VerifyInit, desk.session, &mechanism, desk.public_key);
        EXPECT(
            CKR_OK, C_Verify, desk.session, data, sizeof data, sig, sizeof sig);
        EXPECT(CKR_OK, C_VerifyInit, desk.session, &mechanism, desk.public_key);
        EXPECT(CKR_OK, C_VerifyUpdate, desk.session, data, 3);
        EXPECT(CKR_OK, C_VerifyUpdate, desk.session, data + 3, sizeof data - 3);
        EXPECT(CKR_OK, C_VerifyFinal, desk.session, sig, sizeof sig);

        sig[100] ^= 1;
        EXPECT(CKR_OK, C_VerifyInit, desk.session, &mechanism, desk.public_key);
        EXPECT(CKR_SIGNATURE_INVALID, C_Verify, desk.session, data, sizeof data,
            sig, sizeof sig);
        EXPECT(CKR_OK, C_VerifyInit, desk.session, &mechanism, desk.public_key);
        EXPECT(CKR_SIGNATURE_LEN_RANGE, C_Verify, desk.session, data,
            sizeof data, sig, sizeof sig - 1);
    }
}

static void test_keys_do_only_their_job(void **state)
{
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    CK_MECHANISM no_such = {CKM_RSA_X_509, NULL, 0};
    CK_MECHANISM with_parameter = {CKM_RSA_PKCS, &mechanism, sizeof mechanism};
    CK_OBJECT_HANDLE cert;

    (void)state;
    start("adult", NULL);
    sit_down(AUTH);
    cert = find_object(desk.session, CKO_CERTIFICATE);
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, C_SignInit, desk.session, &mechanism,
        desk.public_key);
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, C_VerifyInit, desk.session,
        &mechanism, desk.private_key);
    EXPECT(CKR_KEY_HANDLE_INVALID, C_SignInit, desk.session, &mechanism, cert);
    EXPECT(CKR_KEY_HANDLE_INVALID, C_SignInit, desk.session, &mechanism, 12345);
    EXPECT(CKR_MECHANISM_INVALID, C_SignInit, desk.session, &no_such,
        desk.private_key);
    EXPECT(CKR_MECHANISM_PARAM_INVALID, C_SignInit, desk.session,
        &with_parameter, desk.private_key);
    EXPECT(CKR_OK, C_SignInit, desk.session, &mechanism, desk.private_key);
    EXPECT(CKR_OPERATION_ACTIVE, C_SignInit, desk.session, &mechanism,
        desk.private_key);
}

/* No signature of the other card's, or a chip's mistake, is handed out. */
/* A signing key is not tried again until the card was taken out. */
static void expect_no_more(int reader)
{
    unsigned verifies = ledger(reader).verifies[SIGN];
    uint8_t sig[SIGNATURE_SIZE];

    assert_int_equal(sign_with(desk.session, desk.private_key,
                         CKM_SHA256_RSA_PKCS, "data", 4, sig),
        CKR_KEY_FUNCTION_NOT_PERMITTED);
    assert_int_equal(ledger(reader).verifies[SIGN], verifies);
    vcontrol_remove(reader);
    assert_int_equal(insert(reader, "adult"), 0);
    sit_down(SIGN);
}

static void test_a_flipped_bit_hands_out_nothing(void **state)
{
    static const char data[] = "data";
    uint8_t sig[SIGNATURE_SIZE], untouched[SIGNATURE_SIZE];
    int reader, role;
    unsigned bit;

    (void)state;
    reader = start("adult", NULL);
    memset(untouched, 0xaa, sizeof untouched);
    for (role = AUTH; role <= SIGN; role++) {
        sit_down(role);
        for (bit = 0; bit < SIGNATURE_SIZE * 8; bit += 97) {
            memset(sig, 0xaa, sizeof sig);
            /* The third also finds out whether the query selects. */
            vcontrol_fault(reader, role == AUTH && bit == 2 * 97 ? 8 : 4,
                VFAULT_FLIP, bit);
            assert_int_equal(sign_with(desk.session, desk.private_key,
                                 CKM_SHA256_RSA_PKCS, data, sizeof data, sig),
                CKR_DEVICE_ERROR);
            assert_memory_equal(sig, untouched, sizeof sig);
            if (role == SIGN)
                expect_no_more(reader);
        }
        assert_int_equal(sign_with(desk.session, desk.private_key,
                             CKM_SHA256_RSA_PKCS, data, sizeof data, sig),
            CKR_OK);
    }
}

/* FIPS 180-4's "abc", at once and in parts. */
static void test_digests(void **state)
{
    static const struct {
        CK_MECHANISM_TYPE type;
        size_t len;
        uint8_t first[4];
    } rows[] = {
        {CKM_SHA_1, 20, {0xa9, 0x99, 0x3e, 0x36}},
        {CKM_SHA224, 28, {0x23, 0x09, 0x7d, 0x22}},
        {CKM_SHA256, 32, {0xba, 0x78, 0x16, 0xbf}},
        {CKM_SHA384, 48, {0xcb, 0x00, 0x75, 0x3f}},
        {CKM_SHA512, 64, {0xdd, 0xaf, 0x35, 0xa1}},
    };
    CK_SESSION_HANDLE session;
    CK_BYTE abc[] = {'a', 'b', 'c'};
    size_t i;

    (void)state;
    start("adult", NULL);
    session = open_session(AUTH);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_MECHANISM mechanism = {rows[i].type, NULL, 0};
        uint8_t hash[64];
        CK_ULONG len = 0;

        EXPECT(CKR_OK, C_DigestInit, session, &mechanism);
        EXPECT(CKR_OK, C_Digest, session, abc, 3, NULL, &len);
        assert_int_equal(len, rows[i].len);
        EXPECT(CKR_OK, C_Digest, session, abc, 3, hash, &len);
        assert_memory_equal(hash, rows[i].first, 4);

        memset(hash, 0, sizeof hash);
        EXPECT(CKR_OK, C_DigestInit, session, &mechanism);
        EXPECT(CKR_OK, C_DigestUpdate, session, abc, 1);
        EXPECT(CKR_OK, C_DigestUpdate, session, abc + 1, 2);
        EXPECT(CKR_OK, C_DigestFinal, session, hash, &len);
        assert_memory_equal(hash, rows[i].first, 4);
    }
}

/* PKCS #11 3.0, 5.12.2, 5.13.2 and 5.15.2. */
static void test_a_single_part_after_an_update_ends_the_operation(void **state)
{
    CK_MECHANISM digests = {CKM_SHA256, NULL, 0};
    CK_MECHANISM signs = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE abc[] = {'a', 'b', 'c'};
    uint8_t out[SIGNATURE_SIZE];
    CK_ULONG len = sizeof out;
    CK_SESSION_HANDLE session;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    session = open_session(AUTH);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
    EXPECT(CKR_OK, C_DigestInit, session, &digests);
    EXPECT(CKR_OK, C_DigestUpdate, session, abc, 1);
    EXPECT(CKR_OPERATION_ACTIVE, C_Digest, session, abc, 3, out, &len);
    EXPECT(CKR_OPERATION_NOT_INITIALIZED, C_DigestFinal, session, out, &len);

    EXPECT(CKR_OK, C_SignInit, session, &signs,
        find_object(session, CKO_PRIVATE_KEY));
    EXPECT(CKR_OK, C_SignUpdate, session, abc, 1);
    EXPECT(CKR_OPERATION_ACTIVE, C_Sign, session, abc, 3, out, &len);
    EXPECT(CKR_OPERATION_NOT_INITIALIZED, C_SignFinal, session, out, &len);
    assert_int_equal(ledger(reader).signatures[AUTH], 0);

    EXPECT(CKR_OK, C_VerifyInit, session, &signs,
        find_object(session, CKO_PUBLIC_KEY));
    EXPECT(CKR_OK, C_VerifyUpdate, session, abc, 1);
    EXPECT(CKR_OPERATION_ACTIVE, C_Verify, session, abc, 3, out, len);
    EXPECT(CKR_OPERATION_NOT_INITIALIZED, C_VerifyFinal, session, out, len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_each_mechanism, stop),
        cmocka_unit_test_teardown(test_parts_make_the_same_signature, stop),
        cmocka_unit_test_teardown(test_two_calls, stop),
        cmocka_unit_test_teardown(test_raw_lengths, stop),
        cmocka_unit_test_teardown(test_verify, stop),
        cmocka_unit_test_teardown(test_keys_do_only_their_job, stop),
        cmocka_unit_test_teardown(test_a_flipped_bit_hands_out_nothing, stop),
        cmocka_unit_test_teardown(test_digests, stop),
        cmocka_unit_test_teardown(
            test_a_single_part_after_an_update_ends_the_operation, stop),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
