/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate says of its public key. */
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "crypto/cert_x509.h"

static enum crypt_err read_number(
    struct cert *cert, enum cert_field field, const char *param)
{
    enum crypt_err err = CRYPT_MALFORMED;
    BIGNUM *number = NULL;
    uint8_t *data = NULL;
    int len = 0;

    if (EVP_PKEY_get_bn_param(cert_key(cert), param, &number) != 1)
        return CRYPT_FAILED;
    len = BN_num_bytes(number);
    if (len > 0) {
        data = OPENSSL_malloc((size_t)len);
        err = CRYPT_NOMEM;
    }
    if (data)
        err = cert_set_encoded(cert, field, data, BN_bn2bin(number, data));
    BN_clear_free(number);
    return err;
}

static enum crypt_err read_rsa_key(struct cert *cert)
{
    EVP_PKEY *key = cert_key(cert);
    enum crypt_err err;
    int bits;

    if (!key)
        return CRYPT_MALFORMED;
    err = read_number(cert, CERT_MODULUS, OSSL_PKEY_PARAM_RSA_N);
    if (err != CRYPT_OK)
        return err;
    err = read_number(cert, CERT_EXPONENT, OSSL_PKEY_PARAM_RSA_E);
    if (err != CRYPT_OK)
        return err;
    bits = EVP_PKEY_get_bits(key);
    if (bits <= 0)
        return CRYPT_FAILED;
    cert->key_type = CERT_KEY_RSA;
    cert->key_bits = (unsigned)bits;
    return CRYPT_OK;
}

/* The encoded point as DER of an OCTET STRING (as PKCS #11 shows it). */
static enum crypt_err set_ec_point(
    struct cert *cert, const uint8_t *point, int point_len)
{
    ASN1_OCTET_STRING *string = ASN1_OCTET_STRING_new();
    uint8_t *der = NULL;
    int len = 0;

    if (string && ASN1_OCTET_STRING_set(string, point, point_len) == 1)
        len = i2d_ASN1_OCTET_STRING(string, &der);
    ASN1_OCTET_STRING_free(string);
    return cert_set_encoded(cert, CERT_EC_POINT, der, len);
}

/* A key that OpenSSL refuses, or on a curve without a name, is of no type. */
static enum crypt_err read_ec_key(struct cert *cert)
{
    const EVP_PKEY *key = cert_key(cert);
    X509_ALGOR *algorithm = NULL;
    const uint8_t *point = NULL;
    int point_len = 0;
    const void *curve = NULL;
    int kind = V_ASN1_UNDEF;
    uint8_t *der = NULL;
    int len = 0;
    enum crypt_err err;

    if (X509_PUBKEY_get0_param(NULL, &point, &point_len, &algorithm,
            X509_get_X509_PUBKEY(cert->x509)) != 1)
        return CRYPT_FAILED;
    X509_ALGOR_get0(NULL, &kind, &curve, algorithm);
    if (!key || kind != V_ASN1_OBJECT)
        return CRYPT_OK;
    len = i2d_ASN1_OBJECT(curve, &der);
    err = cert_set_encoded(cert, CERT_EC_PARAMS, der, len);
    if (err != CRYPT_OK)
        return err;
    err = set_ec_point(cert, point, point_len);
    if (err != CRYPT_OK)
        return err;
    cert->key_type = CERT_KEY_EC;
    cert->key_bits = (unsigned)EVP_PKEY_get_bits(key);
    return CRYPT_OK;
}

enum crypt_err cert_read_key(struct cert *cert)
{
    X509_PUBKEY *key = X509_get_X509_PUBKEY(cert->x509);
    ASN1_OBJECT *kind = NULL;
    uint8_t *der = NULL;
    int len = i2d_X509_PUBKEY(key, &der);
    enum crypt_err err = cert_set_encoded(cert, CERT_SPKI, der, len);

    if (err != CRYPT_OK)
        return err;
    if (X509_PUBKEY_get0_param(&kind, NULL, NULL, NULL, key) != 1)
        return CRYPT_FAILED;
    /* Not by its NID, which OpenSSL may not find when out of memory. */
    if (OBJ_cmp(kind, OBJ_nid2obj(NID_rsaEncryption)) == 0)
        return read_rsa_key(cert);
    if (OBJ_cmp(kind, OBJ_nid2obj(NID_X9_62_id_ecPublicKey)) == 0)
        return read_ec_key(cert);
    return CRYPT_OK;
}
