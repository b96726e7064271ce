/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates put together by hand (RFC 5280 4.1), each with one part changed:
 * what no certificate maker would write.
 */

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include "crypto/cert.h"
#include "tests/unit/crypto/maker.h"

/* In the order in which they stand. */
enum part {
    VERSION,
    SERIAL,
    ALGORITHM,
    ISSUER,
    VALIDITY,
    SUBJECT,
    KEY,
    UNIQUE_IDS,
    EXTENSIONS,
    TBS_REST,
    OUTER_ALGORITHM,
    SIGNATURE,
    CERT_REST,
    PARTS,
};

/* Hexadecimal; `30(...)` is an element whose length is put in. */
#define PKCS1 "2a 86 48 86 f7 0d 01 01 "
#define SHA256_RSA "30(06(" PKCS1 "0b) 05())"
#define RSA_KEY(bits) "30(30(06(" PKCS1 "01) 05()) " bits ")"
#define EXTENSION(arc, value) "30(06(55 1d " arc ") 04(" value "))"
#define DATE "17(37 30 30 31 30 31 30 30 30 30 30 30 5a) "
#define FEBRUARY_30 "17(37 30 30 32 33 30 30 30 30 30 30 30 5a) "
#define NEXT_SECOND "17(37 30 30 31 30 31 30 30 30 30 30 31 5a)"

static const char *const usual[PARTS] = {
    [VERSION] = "a0(02(02))",
    [SERIAL] = "02(05)",
    [ALGORITHM] = SHA256_RSA,
    [ISSUER] = "30()",
    [VALIDITY] = "30(" DATE NEXT_SECOND ")",
    [SUBJECT] = "30()",
    [KEY] = RSA_KEY("03(00 30(02(23) 02(03)))"),
    [UNIQUE_IDS] = "",
    [EXTENSIONS] = "a3(30(" EXTENSION("0f", "03(06 c0)") "))",
    [TBS_REST] = "",
    [OUTER_ALGORITHM] = SHA256_RSA,
    [SIGNATURE] = "03(00 00)",
    [CERT_REST] = "",
};

struct bytes {
    uint8_t data[1024];
    size_t len;
};

static struct crypto *crypto;
static EVP_PKEY *key;

static void put(struct bytes *bytes, const uint8_t *data, size_t len)
{
    assert_true(len <= sizeof bytes->data - bytes->len);
    memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
}

static void put_element(
    struct bytes *bytes, uint8_t identifier, const struct bytes *contents)
{
    uint8_t header[] = {identifier, 0, 0, 0};
    size_t header_len = 2;

    if (contents->len < 0x80) {
        header[1] = (uint8_t)contents->len;
    } else if (contents->len < 0x100) {
        header[1] = 0x81;
        header[2] = (uint8_t)contents->len;
        header_len = 3;
    } else {
        header[1] = 0x82;
        header[2] = (uint8_t)(contents->len >> 8);
        header[3] = (uint8_t)contents->len;
        header_len = 4;
    }
    put(bytes, header, header_len);
    put(bytes, contents->data, contents->len);
}

/* Returns where it stopped: at the end or behind the bracket that closes it. */
static const char *put_text(struct bytes *bytes, const char *text)
{
    while (*text != '\0') {
        struct bytes contents = {{0}, 0};
        char *end = NULL;
        uint8_t byte = 0;

        if (*text == ' ' || *text == ')') {
            if (*text++ == ')')
                break;
            continue;
        }
        byte = (uint8_t)strtoul(text, &end, 16);
        text = end;
        if (*text == '(') {
            text = put_text(&contents, text + 1);
            put_element(bytes, byte, &contents);
        } else {
            put(bytes, &byte, 1);
        }
    }
    return text;
}

/* A part that is not mentioned is the usual one. */
static void put_parts(struct bytes *bytes, const char *const parts[PARTS],
    enum part from, enum part to)
{
    enum part part;

    for (part = from; part <= to; part++)
        put_text(bytes, parts[part] ? parts[part] : usual[part]);
}

static enum crypt_err parse(
    const char *const parts[PARTS], struct cert **ret_cert)
{
    struct bytes tbs = {{0}, 0};
    struct bytes contents = {{0}, 0};
    struct bytes whole = {{0}, 0};

    put_parts(&tbs, parts, VERSION, TBS_REST);
    put_element(&contents, 0x30, &tbs);
    put_parts(&contents, parts, OUTER_ALGORITHM, CERT_REST);
    put_element(&whole, 0x30, &contents);
    return cert_parse(crypto, whole.data, whole.len, ret_cert);
}

static void test_usual_parts_make_a_certificate(void **state)
{
    struct cert *cert = NULL;
    int64_t not_before = -1;
    int64_t not_after = -1;
    size_t len = 0;

    assert_int_equal(parse(usual, &cert), CRYPT_OK);
    cert_validity(cert, &not_before, &not_after);
    assert_int_equal(not_before, 0);
    assert_int_equal(not_after, 1);
    assert_int_equal(cert_key_bits(cert), 6);
    assert_int_equal(maker_key_usage(cert),
        CERT_USE_DIGITAL_SIGNATURE | CERT_USE_NON_REPUDIATION);
    assert_string_equal(cert_serial_text(cert), "05");
    assert_memory_equal(cert_field(cert, CERT_EXPONENT, &len), "\x03", 1);
    cert_free(cert);
}

static void test_unusual_parts_that_are_right(void **state)
{
    static const char *const rows[][PARTS] = {
        {[VERSION] = ""}, {[VERSION] = "a0(02(07))"},
        {[SERIAL] = "02(80)"}, /* negative, which some have */
        {[EXTENSIONS] = ""}, {[EXTENSIONS] = "a3(30())"},
        {[EXTENSIONS] = "a3(30(" EXTENSION("0f", "03(00)") "))"},
        {[EXTENSIONS] = "a3(30(30(06(55 1d 0f) 01(ff) 04(03(06 c0)))))"},
        {[UNIQUE_IDS] = "81(00 ff)"}, {[UNIQUE_IDS] = "82(00 ff)"},
        {[UNIQUE_IDS] = "81(00 ff) 82(00 ff)"},
        {[KEY] = "30(30(06(2a 03)) 03(00 ff))"}, /* of no known kind */
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct cert *cert = NULL;

        assert_int_equal(parse(rows[i], &cert), CRYPT_OK);
        cert_free(cert);
    }
}

static const char *const wrong[][PARTS] = {
    {[VERSION] = "a0()"},
    {[VERSION] = "a0(02(02) 05())"},
    {[VERSION] = "a0(04(02))"},
    {[SERIAL] = ""},
    {[SERIAL] = "02()"},
    {[SERIAL] = "02(00 05)"},
    {[SERIAL] = "04(05)"},
    {[ALGORITHM] = ""},
    {[ISSUER] = "31()"},
    {[VALIDITY] = "30(" DATE ")"},
    {[VALIDITY] = "30(" DATE NEXT_SECOND " 05())"},
    {[VALIDITY] = "30(" DATE DATE DATE ")"},
    {[VALIDITY] = "30(" DATE FEBRUARY_30 ")"},
    {[VALIDITY] = "30(" FEBRUARY_30 DATE ")"},
    {[SUBJECT] = "04()"},
    {[KEY] = "30()"},
    {[KEY] = "30(30() 03(00 ff))"},
    {[KEY] = "30(30(06(2a 03)))"},
    {[KEY] = "30(30(06(2a 03)) 03())"},
    {[KEY] = "30(30(06(2a 03)) 03(00 ff) 05())"},
    {[KEY] = RSA_KEY("03(00)")},
    {[KEY] = RSA_KEY("03(00 30())")},
    {[KEY] = RSA_KEY("03(00 30(02(23)))")},
    {[KEY] = RSA_KEY("03(00 30(02(23) 02(03) 05()))")},
    {[KEY] = RSA_KEY("03(00 30(02(00) 02(03)))")},
    {[KEY] = RSA_KEY("03(00 30(02(23) 02(00)))")},
    {[UNIQUE_IDS] = "82(00 ff) 81(00 ff)"},
    {[UNIQUE_IDS] = "81(00 ff) 81(00 ff)"},
    {[UNIQUE_IDS] = "81 7f"},
    {[EXTENSIONS] = "a3()"},
    {[EXTENSIONS] = "a3(30() 05())"},
    {[EXTENSIONS] = "a3(30(05()))"},
    {[EXTENSIONS] = "a3(30(30(06(2a 03))))"},
    {[EXTENSIONS] = "a3(30(30(04())))"},
    {[EXTENSIONS] = "a3(30(30(06(2a 03) 01() 04())))"},
    {[EXTENSIONS] = "a3(30(30(06(2a 03) 01(ff ff) 04())))"},
    {[EXTENSIONS] = "a3(30(30(06(2a 03) 04() 05())))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("0e", "04()") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("0e", "04 03 01 02") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("0f", "03()") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("0f", "04(06 c0)") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("0f", "03(08 c0)") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("23", "30(80 02 01)") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("23", "ff ff ff") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("0f", "03(06 c0)")
            EXTENSION("0f", "03(06 c0)") "))"},
    {[EXTENSIONS] =
            "a3(30(" EXTENSION("0e", "04(01)") EXTENSION("0e", "04(01)") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("23", "30(80(01))")
            EXTENSION("23", "30(80(01))") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("0f", "") "))"},
    {[EXTENSIONS] = "a3(30(" EXTENSION("23", "30(80())") "))"},
    {[TBS_REST] = "05()"},
    {[OUTER_ALGORITHM] = ""},
    {[SIGNATURE] = ""},
    {[SIGNATURE] = "03()"},
    {[SIGNATURE] = "04(00 00)"},
    {[CERT_REST] = "05()"},
};

static void test_wrong_parts_are_refused(void **state)
{
    size_t i;

    for (i = 0; i < COUNT(wrong); i++) {
        struct cert *cert = NULL;

        assert_int_equal(parse(wrong[i], &cert), CRYPT_MALFORMED);
        assert_null(cert);
    }
}

/* A signature by KEY over TBS with SHA-256, whatever the algorithm's name. */
static void put_signature(struct bytes *bytes, const struct bytes *tbs)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct bytes signature = {{0x00}, 1};
    size_t len = 256;

    assert_int_equal(
        EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL), 1);
    assert_int_equal(
        EVP_DigestSign(ctx, signature.data + 1, &len, tbs->data, tbs->len), 1);
    EVP_MD_CTX_free(ctx);
    signature.len += len;
    put_element(bytes, 0x03, &signature);
}

/* Self-signed, with these names of the algorithm inside and outside. */
static bool is_signed(const char *inner, const char *outer)
{
    const char *parts[PARTS] = {[ALGORITHM] = inner, [OUTER_ALGORITHM] = outer};
    struct bytes spki = {{0}, 0};
    struct bytes contents = {{0}, 0};
    struct bytes tbs = {{0}, 0};
    struct bytes body = {{0}, 0};
    struct bytes whole = {{0}, 0};
    unsigned char *at = spki.data;
    struct cert *cert = NULL;
    bool is;

    assert_in_range(i2d_PUBKEY(key, NULL), 1, sizeof spki.data);
    spki.len = (size_t)i2d_PUBKEY(key, &at);
    put_parts(&contents, parts, VERSION, SUBJECT);
    put(&contents, spki.data, spki.len);
    put_parts(&contents, parts, UNIQUE_IDS, TBS_REST);
    put_element(&tbs, 0x30, &contents);
    put(&body, tbs.data, tbs.len);
    put_parts(&body, parts, OUTER_ALGORITHM, OUTER_ALGORITHM);
    put_signature(&body, &tbs);
    put_element(&whole, 0x30, &body);
    if (cert_parse(crypto, whole.data, whole.len, &cert) != CRYPT_OK)
        return false;
    is = cert_is_signed_by(cert, cert);
    cert_free(cert);
    return is;
}

static void test_algorithm_of_the_signature(void **state)
{
    static const struct {
        const char *text;
        bool accepted;
    } rows[] = {
        {SHA256_RSA, true},
        {"30(06(" PKCS1 "0b))", true}, /* RFC 4055 section 5 */
        {"30(06(" PKCS1 "0b) 05(00))", false},
        {"30(06(" PKCS1 "0b) 05() 05())", false},
        {"30(06(" PKCS1 "0b 00) 05())", false},
        {"30(06(" PKCS1 ") 05())", false},
        {"30(06(" PKCS1 "01) 05())", false}, /* rsaEncryption */
        {"30(06(" PKCS1 "0c) 05())", false}, /* SHA-384, which it is not */
        {"30(06(2a 86 48 86 f7 0d 01 02 0b) 05())", false},
        {"30()", false},
        {"30(05())", false},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(
            is_signed(rows[i].text, rows[i].text), rows[i].accepted);
    }
}

/* RFC 5280 4.1.1.2: the one outside is not signed, so it must agree. */
static void test_algorithm_must_be_the_same_inside(void **state)
{
    assert_false(is_signed("30(06(" PKCS1 "0c) 05())", SHA256_RSA));
    assert_false(is_signed("30(06(" PKCS1 "0b))", SHA256_RSA));
    assert_false(is_signed(SHA256_RSA, "30(06(" PKCS1 "0b))"));
}

static int set_up(void **state)
{
    key = EVP_RSA_gen(2048);
    return crypto_new(&crypto) == CRYPT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    EVP_PKEY_free(key);
    crypto_free(crypto);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_parts_make_a_certificate),
        cmocka_unit_test(test_unusual_parts_that_are_right),
        cmocka_unit_test(test_wrong_parts_are_refused),
        cmocka_unit_test(test_algorithm_of_the_signature),
        cmocka_unit_test(test_algorithm_must_be_the_same_inside),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
