/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"

/* Log in, find the key, sign; OpenSSL verifies. */

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
    CK_OBJECT_HANDLE key;
    uint8_t cert[4096];
    size_t cert_len;
} fixture;

static void log_in(int role)
{
    fixture.session = user_session((CK_SLOT_ID)role);
    fixture.key = find_object(fixture.session, CKO_PRIVATE_KEY);
    fixture.cert_len = attribute(fixture.session,
        find_object(fixture.session, CKO_CERTIFICATE), CKA_VALUE, fixture.cert,
        sizeof fixture.cert);
}

/* A signature at once, or of two parts, of which OpenSSL says that it is good.
 */
static void check_signature(size_t i, CK_BYTE *data, size_t len, size_t part)
{
    CK_MECHANISM mechanism = {mechanisms[i].type, NULL, 0};
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG sig_len = sizeof sig;

    EXPECT(CKR_OK, C_SignInit, fixture.session, &mechanism, fixture.key);
    if (part == len) {
        EXPECT(CKR_OK, C_Sign, fixture.session, data, len, sig, &sig_len);
    } else {
        EXPECT(CKR_OK, C_SignUpdate, fixture.session, data, part);
        EXPECT(CKR_OK, C_SignUpdate, fixture.session, data + part, len - part);
        EXPECT(CKR_OK, C_SignFinal, fixture.session, sig, &sig_len);
    }
    assert_int_equal(sig_len, SIGNATURE_SIZE);
    assert_true(openssl_verifies(fixture.cert, fixture.cert_len,
        mechanisms[i].hash, data, len, sig, sizeof sig));
}

static void test_each_mechanism(void **state)
{
    CK_BYTE data[] = "the bytes that are signed";
    int role;
    size_t i;

    start("adult", NULL);
    for (role = AUTH; role <= SIGN; role++) {
        log_in(role);
        for (i = 0; i < MECHANISMS; i++) {
            check_signature(i, data, sizeof data, sizeof data);
            check_signature(i, data, sizeof data, 4);
        }
    }
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

    memset(data, 0x5a, sizeof data);
    reader = start("adult", NULL);
    log_in(AUTH);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned apdus = ledger(reader).apdus;
        assert_int_equal(sign_with(fixture.session, fixture.key, CKM_RSA_PKCS,
                             data, rows[i].len, sig),
            rows[i].rv);
        if (rows[i].rv == CKR_OK)
            assert_true(openssl_verifies(fixture.cert, fixture.cert_len, NULL,
                data, rows[i].len, sig, sizeof sig));
        else
            assert_int_equal(ledger(reader).apdus, apdus);
    }
}

/* A signing key is not tried again until the card is taken out. */
static void expect_no_more(int reader)
{
    unsigned verifies = ledger(reader).verifies[SIGN];
    uint8_t sig[SIGNATURE_SIZE];

    assert_int_equal(sign_with(fixture.session, fixture.key,
                         CKM_SHA256_RSA_PKCS, "data", 4, sig),
        CKR_KEY_FUNCTION_NOT_PERMITTED);
    assert_int_equal(ledger(reader).verifies[SIGN], verifies);
    exchange(reader, "adult");
    log_in(SIGN);
}

static void test_flipped_bit_is_not_handed_out(void **state)
{
    static const char data[] = "data";
    uint8_t sig[SIGNATURE_SIZE], untouched[SIGNATURE_SIZE];
    unsigned bit;
    int role, reader = start("adult", NULL);

    memset(untouched, 0xaa, sizeof untouched);
    for (role = AUTH; role <= SIGN; role++) {
        log_in(role);
        for (bit = 0; bit < SIGNATURE_SIZE * 8; bit += 97) {
            memset(sig, 0xaa, sizeof sig);
            /* The third also finds out whether the query selects. */
            vcontrol_fault(reader, role == AUTH && bit == 2 * 97 ? 8 : 4,
                VFAULT_FLIP, bit);
            assert_int_equal(sign_with(fixture.session, fixture.key,
                                 CKM_SHA256_RSA_PKCS, data, sizeof data, sig),
                CKR_DEVICE_ERROR);
            assert_memory_equal(sig, untouched, sizeof sig);
            if (role == SIGN)
                expect_no_more(reader);
        }
        assert_int_equal(sign_with(fixture.session, fixture.key,
                             CKM_SHA256_RSA_PKCS, data, sizeof data, sig),
            CKR_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_mechanism),
        TEST(test_raw_lengths),
        TEST(test_flipped_bit_is_not_handed_out),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
