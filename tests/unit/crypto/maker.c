/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/crypto/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

const uint8_t maker_published[PUBLISHED_CAS][32] = {
    {0x19, 0x64, 0x54, 0x05, 0xa1, 0xfe, 0x14, 0x37, 0x74, 0x34, 0xbd, 0x55,
        0x95, 0x76, 0x28, 0xac, 0x40, 0x38, 0x55, 0x7c, 0x54, 0x24, 0x03, 0xa2,
        0x24, 0x3f, 0x21, 0xc7, 0x06, 0xfc, 0x93, 0x55},
    {0x79, 0x67, 0x9c, 0x33, 0xe4, 0xcc, 0x93, 0x19, 0x44, 0x0f, 0x1a, 0xd1,
        0x20, 0xa5, 0x97, 0xff, 0x18, 0x44, 0xe2, 0xef, 0x21, 0x70, 0x63, 0xad,
        0xb1, 0x76, 0x96, 0x6f, 0xd5, 0xe6, 0xfb, 0xeb},
    {0xd2, 0x27, 0xf6, 0xcd, 0xe1, 0x1d, 0x35, 0xc5, 0x25, 0x21, 0x78, 0xf1,
        0x06, 0xf8, 0x43, 0xd2, 0x46, 0x51, 0x94, 0x49, 0x75, 0x41, 0x3b, 0x53,
        0x9f, 0xa2, 0xfb, 0x68, 0xdb, 0xfa, 0x36, 0x5f},
};

const uint8_t maker_published_auth[PUBLISHED_CAS][32] = {
    {0x4d, 0xcf, 0xc4, 0xca, 0x0a, 0xaf, 0x9f, 0xb2, 0xa3, 0x08, 0x1b, 0x3f,
        0x0c, 0x99, 0x1c, 0x32, 0x0b, 0x3a, 0xcc, 0x00, 0x86, 0x67, 0xa3, 0x41,
        0xee, 0xae, 0xc5, 0xaf, 0x1d, 0x58, 0xca, 0x7d},
    {0x0d, 0x98, 0xde, 0x47, 0xfc, 0x11, 0xb7, 0xf6, 0x71, 0x26, 0x87, 0x4b,
        0x70, 0x28, 0xb6, 0x02, 0x6a, 0x80, 0x3d, 0x26, 0x38, 0xd6, 0xed, 0xfe,
        0x53, 0x17, 0x69, 0x53, 0x96, 0x1f, 0xad, 0xe6},
    {0x64, 0x11, 0x4f, 0x29, 0x62, 0x0c, 0x24, 0xed, 0x26, 0x31, 0xd4, 0x64,
        0x76, 0xa0, 0x40, 0xe7, 0xee, 0x74, 0x0d, 0x95, 0x60, 0x89, 0xc0, 0x0b,
        0x03, 0x6a, 0x6a, 0x81, 0x18, 0xc3, 0x22, 0xb5},
};

static const char * or (const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void set_names(X509 *x509)
{
    X509_NAME *name = X509_get_subject_name(x509);
    const unsigned char subject[] = "Test Subject";
    const unsigned char issuer[] = "Test Issuer";

    assert_int_equal(X509_NAME_add_entry_by_txt(
                         name, "CN", MBSTRING_UTF8, subject, -1, -1, 0),
        1);
    name = X509_get_issuer_name(x509);
    assert_int_equal(X509_NAME_add_entry_by_txt(
                         name, "CN", MBSTRING_UTF8, issuer, -1, -1, 0),
        1);
}

static void set_serial(X509 *x509, const char *hex)
{
    BIGNUM *number = NULL;

    assert_int_not_equal(BN_hex2bn(&number, hex), 0);
    assert_non_null(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)));
    BN_free(number);
}

void maker_add_extension(X509 *x509, int nid, const void *value, size_t len)
{
    ASN1_OCTET_STRING *bytes = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;

    assert_int_equal(ASN1_OCTET_STRING_set(bytes, value, (int)len), 1);
    extension = X509_EXTENSION_create_by_NID(NULL, nid, 0, bytes);
    assert_int_equal(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(bytes);
}

void maker_add_readable(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *extension = NULL;
    CONF *conf = NULL;
    X509V3_CTX ctx;

    if (!value)
        return;
    /* Some kinds want a configuration, if only an empty one. */
    conf = NCONF_new(NULL);
    X509V3_set_ctx(&ctx, x509, x509, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
    NCONF_free(conf);
}

static void add_authority(X509 *x509, const char *hex)
{
    AUTHORITY_KEYID *authority = NULL;
    unsigned char *bytes = NULL;
    long len = 0;

    if (!hex)
        return;
    authority = AUTHORITY_KEYID_new();
    bytes = OPENSSL_hexstr2buf(hex, &len);
    authority->keyid = ASN1_OCTET_STRING_new();
    assert_int_equal(
        ASN1_OCTET_STRING_set(authority->keyid, bytes, (int)len), 1);
    assert_int_equal(X509_add1_ext_i2d(x509, NID_authority_key_identifier,
                         authority, 0, X509V3_ADD_DEFAULT),
        1);
    OPENSSL_free(bytes);
    AUTHORITY_KEYID_free(authority);
}

static void fill(X509 *x509, const struct recipe *recipe)
{
    assert_int_equal(X509_set_version(x509, X509_VERSION_3), 1);
    set_names(x509);
    set_serial(x509, or (recipe->serial, "1"));
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notBefore(x509),
                         or (recipe->not_before, "200101000000Z")),
        1);
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notAfter(x509),
                         or (recipe->not_after, "491231235959Z")),
        1);
    assert_int_equal(X509_set_pubkey(x509, recipe->key), 1);
    maker_add_readable(x509, NID_key_usage, recipe->key_usage);
    maker_add_readable(
        x509, NID_subject_key_identifier, recipe->subject_key_id);
    add_authority(x509, recipe->authority_key_id);
    if (recipe->change)
        recipe->change(x509);
}

struct made maker_certificate(const struct recipe *recipe)
{
    X509 *x509 = X509_new();
    EVP_PKEY *signer = recipe->signer ? recipe->signer : recipe->key;
    struct made made = {NULL, 0};
    int len;

    fill(x509, recipe);
    assert_int_not_equal(
        X509_sign(
            x509, signer, EVP_get_digestbyname(or (recipe->digest, "SHA256"))),
        0);
    len = i2d_X509(x509, &made.der);
    assert_true(len > 0);
    made.len = (size_t)len;
    X509_free(x509);
    return made;
}

void made_free(struct made *made)
{
    OPENSSL_free(made->der);
    *made = (struct made){NULL, 0};
}

X509 *maker_open(const struct made *made)
{
    const unsigned char *at = made->der;
    X509 *x509 = d2i_X509(NULL, &at, (long)made->len);

    assert_non_null(x509);
    return x509;
}

struct made maker_read_ca(const char *name)
{
    struct made made = {OPENSSL_malloc(4096), 0};
    char path[4096];
    FILE *file = NULL;

    snprintf(path, sizeof path, "%s/%s", CA_DIR, name);
    file = fopen(path, "rb");
    assert_non_null(file);
    made.len = fread(made.der, 1, 4096, file);
    fclose(file);
    assert_in_range(made.len, 1, 4095);
    return made;
}

unsigned maker_key_usage(const struct cert *cert)
{
    struct cert_profile profile;

    profile_read(cert, &profile);
    return profile.key_usage;
}
