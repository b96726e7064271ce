/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/cert.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "crypto/cert_x509.h"
#include "crypto/context_lib.h"
#include "crypto/digest.h"

#define KEY_USAGE_BITS 9 /* RFC 5280 4.2.1.3 */

bool asn1_get_extension(
    const STACK_OF(X509_EXTENSION) * extensions, int nid, void **ret_extension)
{
    int found = 0;

    *ret_extension = X509V3_get_d2i(extensions, nid, &found, NULL);
    return *ret_extension || found == -1;
}

enum crypt_err asn1_read_time(const ASN1_TIME *time, int64_t *ret_seconds)
{
    struct tm tm;
    time_t seconds;

    if (ASN1_TIME_to_tm(time, &tm) != 1)
        return CRYPT_MALFORMED;
    seconds = timegm(&tm);
    /* A failure, unless it is the last second of 1969. */
    if (seconds == -1 && tm.tm_year != 69)
        return CRYPT_FAILED;
    *ret_seconds = (int64_t)seconds;
    return CRYPT_OK;
}

enum crypt_err cert_set_field(
    struct cert *cert, enum cert_field field, const uint8_t *data, size_t len)
{
    uint8_t *copy = NULL;

    if (len == 0)
        return CRYPT_OK;
    copy = malloc(len);
    if (!copy)
        return CRYPT_NOMEM;
    memcpy(copy, data, len);
    cert->fields[field].data = copy;
    cert->fields[field].len = len;
    return CRYPT_OK;
}

enum crypt_err cert_set_encoded(
    struct cert *cert, enum cert_field field, uint8_t *encoded, int len)
{
    enum crypt_err err = len > 0 ? CRYPT_OK : CRYPT_FAILED;

    if (err == CRYPT_OK)
        err = cert_set_field(cert, field, encoded, (size_t)len);
    OPENSSL_clear_free(encoded, len > 0 ? (size_t)len : 0);
    return err;
}

/* A key identifier of no bytes identifies nothing. */
static enum crypt_err set_key_id(
    struct cert *cert, enum cert_field field, const ASN1_OCTET_STRING *string)
{
    if (ASN1_STRING_length(string) == 0)
        return CRYPT_MALFORMED;
    return cert_set_field(cert, field, ASN1_STRING_get0_data(string),
        (size_t)ASN1_STRING_length(string));
}

/*
 * Not d2i_X509: it refuses a certificate for malformed extensions that are not
 * read here.
 */
static enum crypt_err decode(struct cert *cert, const uint8_t *der, size_t len)
{
    OSSL_LIB_CTX *lib = crypto_lib(cert->crypto);
    const uint8_t *end = der;
    ASN1_VALUE *value = NULL;

    if (len > LONG_MAX)
        return CRYPT_MALFORMED;
    cert->x509 = X509_new_ex(lib, NULL);
    if (!cert->x509)
        return CRYPT_NOMEM;
    value = (ASN1_VALUE *)cert->x509;
    if (!ASN1_item_d2i_ex(
            &value, &end, (long)len, ASN1_ITEM_rptr(X509), lib, NULL)) {
        cert->x509 = (X509 *)value;
        return CRYPT_MALFORMED;
    }
    return end == der + len ? cert_set_field(cert, CERT_DER, der, len)
                            : CRYPT_MALFORMED;
}

static enum crypt_err set_digest(struct cert *cert, enum cert_field field,
    enum digest_alg alg, const uint8_t *data, size_t len)
{
    uint8_t hash[DIGEST_MAX];
    enum crypt_err err = digest_once(cert->crypto, alg, data, len, hash, &len);

    return err == CRYPT_OK ? cert_set_field(cert, field, hash, len) : err;
}

static enum crypt_err read_fingerprint(struct cert *cert)
{
    size_t len = 0;
    const uint8_t *der = cert_field(cert, CERT_DER, &len);

    return set_digest(cert, CERT_SHA256, DIGEST_SHA256, der, len);
}

static enum crypt_err read_name(
    struct cert *cert, enum cert_field field, const X509_NAME *name)
{
    const uint8_t *der = NULL;
    size_t len = 0;

    if (X509_NAME_get0_der(name, &der, &len) != 1)
        return CRYPT_FAILED;
    return cert_set_field(cert, field, der, len);
}

static enum crypt_err read_names(struct cert *cert)
{
    enum crypt_err err =
        read_name(cert, CERT_SUBJECT, X509_get_subject_name(cert->x509));

    if (err != CRYPT_OK)
        return err;
    return read_name(cert, CERT_ISSUER, X509_get_issuer_name(cert->x509));
}

static enum crypt_err read_serial(struct cert *cert)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(cert->x509);
    BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
    uint8_t *der = NULL;
    int len = 0;

    if (!number)
        return CRYPT_FAILED;
    /* BN_bn2hex writes zero with a single digit. */
    cert->serial_text =
        BN_is_zero(number) ? OPENSSL_strdup("00") : BN_bn2hex(number);
    BN_clear_free(number);
    if (!cert->serial_text)
        return CRYPT_NOMEM;
    len = i2d_ASN1_INTEGER(serial, &der);
    return cert_set_encoded(cert, CERT_SERIAL, der, len);
}

static enum crypt_err read_validity(struct cert *cert)
{
    enum crypt_err err =
        asn1_read_time(X509_get0_notBefore(cert->x509), &cert->not_before);

    if (err != CRYPT_OK)
        return err;
    return asn1_read_time(X509_get0_notAfter(cert->x509), &cert->not_after);
}

static bool get_extension(
    const struct cert *cert, int nid, void **ret_extension)
{
    return asn1_get_extension(
        X509_get0_extensions(cert->x509), nid, ret_extension);
}

static enum crypt_err read_key_usage(struct cert *cert)
{
    void *bits = NULL;
    int i;

    if (!get_extension(cert, NID_key_usage, &bits))
        return CRYPT_MALFORMED;
    for (i = 0; i < KEY_USAGE_BITS; i++)
        if (ASN1_BIT_STRING_get_bit(bits, i))
            cert->key_usage |= 1u << i;
    ASN1_BIT_STRING_free(bits);
    return CRYPT_OK;
}

static enum crypt_err compute_key_id(struct cert *cert)
{
    const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(cert->x509);

    return set_digest(cert, CERT_KEY_ID, DIGEST_SHA1,
        ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key));
}

static enum crypt_err read_key_id(struct cert *cert)
{
    void *key_id = NULL;
    enum crypt_err err;

    if (!get_extension(cert, NID_subject_key_identifier, &key_id))
        return CRYPT_MALFORMED;
    if (!key_id)
        return compute_key_id(cert);
    err = set_key_id(cert, CERT_KEY_ID, key_id);
    ASN1_OCTET_STRING_free(key_id);
    return err;
}

static enum crypt_err read_issuer_key_id(struct cert *cert)
{
    void *extension = NULL;
    AUTHORITY_KEYID *authority = NULL;
    enum crypt_err err = CRYPT_OK;

    if (!get_extension(cert, NID_authority_key_identifier, &extension))
        return CRYPT_MALFORMED;
    authority = extension;
    if (authority && authority->keyid)
        err = set_key_id(cert, CERT_ISSUER_KEY_ID, authority->keyid);
    AUTHORITY_KEYID_free(authority);
    return err;
}

static enum crypt_err parse(struct cert *cert, const uint8_t *der, size_t len)
{
    static enum crypt_err (*const readers[])(struct cert *) = {
        read_fingerprint,
        read_names,
        read_serial,
        cert_read_key,
        read_validity,
        read_key_usage,
        read_key_id,
        read_issuer_key_id,
    };
    enum crypt_err err = decode(cert, der, len);
    size_t i;

    for (i = 0; i < sizeof readers / sizeof *readers && err == CRYPT_OK; i++)
        err = readers[i](cert);
    return err;
}

static enum crypt_err parse_once(struct crypto *crypto, const uint8_t *der,
    size_t len, struct cert **ret_cert)
{
    struct cert *cert = calloc(1, sizeof *cert);
    enum crypt_err err;

    if (!cert)
        return CRYPT_NOMEM;
    atomic_init(&cert->owners, 1);
    cert->crypto = crypto;
    ERR_set_mark();
    err = parse(cert, der, len);
    ERR_pop_to_mark();
    if (err == CRYPT_OK)
        *ret_cert = cert;
    else
        cert_free(cert);
    return err;
}

/*
 * OpenSSL reports malformed when it runs out of memory; retry once to tell the
 * two apart.
 */
enum crypt_err cert_parse(struct crypto *crypto, const uint8_t *der, size_t len,
    struct cert **ret_cert)
{
    enum crypt_err err = parse_once(crypto, der, len, ret_cert);

    if (err != CRYPT_OK && err != CRYPT_NOMEM)
        err = parse_once(crypto, der, len, ret_cert);
    return err;
}

struct cert *cert_ref(struct cert *cert)
{
    if (cert)
        atomic_fetch_add(&cert->owners, 1);
    return cert;
}

/*
 * OpenSSL does not wipe what it frees. Wipe the extensions, which hold name,
 * address and date of birth; its copy of the encoding is out of reach.
 */
static void free_x509(X509 *x509)
{
    int i;

    for (i = 0; x509 && i < X509_get_ext_count(x509); i++) {
        ASN1_OCTET_STRING *value =
            X509_EXTENSION_get_data(X509_get_ext(x509, i));
        OPENSSL_cleanse(value->data, (size_t)value->length);
    }
    X509_free(x509);
}

void cert_free(struct cert *cert)
{
    size_t i;

    if (!cert || atomic_fetch_sub(&cert->owners, 1) > 1)
        return;
    ERR_set_mark();
    free_x509(cert->x509);
    if (cert->serial_text)
        OPENSSL_clear_free(cert->serial_text, strlen(cert->serial_text));
    ERR_pop_to_mark();
    for (i = 0; i < CERT_FIELDS; i++) {
        OPENSSL_cleanse(cert->fields[i].data, cert->fields[i].len);
        free(cert->fields[i].data);
    }
    OPENSSL_cleanse(cert, sizeof *cert);
    free(cert);
}

EVP_PKEY *cert_key(const struct cert *cert)
{
    return X509_get0_pubkey(cert->x509);
}

const uint8_t *cert_field(
    const struct cert *cert, enum cert_field field, size_t *ret_len)
{
    *ret_len = cert->fields[field].len;
    return cert->fields[field].data;
}

enum cert_key_type cert_key_type(const struct cert *cert)
{
    return cert->key_type;
}

unsigned cert_key_bits(const struct cert *cert)
{
    return cert->key_bits;
}

void cert_validity(
    const struct cert *cert, int64_t *ret_not_before, int64_t *ret_not_after)
{
    *ret_not_before = cert->not_before;
    *ret_not_after = cert->not_after;
}

const char *cert_serial_text(const struct cert *cert)
{
    return cert->serial_text;
}

static bool is_strong(const X509_ALGOR *algorithm)
{
    static const int strong[] = {
        NID_sha224, NID_sha256, NID_sha384, NID_sha512};
    const ASN1_OBJECT *object = NULL;
    int digest = NID_undef;
    size_t i;

    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    if (OBJ_find_sigid_algs(OBJ_obj2nid(object), &digest, NULL) != 1)
        return false;
    for (i = 0; i < sizeof strong / sizeof *strong; i++)
        if (digest == strong[i])
            return true;
    return false;
}

bool cert_has_signed(const struct cert *signer, const ASN1_ITEM *item,
    const void *data, const X509_ALGOR *algorithm,
    const ASN1_BIT_STRING *signature)
{
    EVP_PKEY *key = cert_key(signer);

    return key && is_strong(algorithm) &&
           ASN1_item_verify_ex(item, algorithm, signature, data, NULL, key,
               crypto_lib(signer->crypto), NULL) == 1;
}

bool cert_is_signed_by(const struct cert *cert, const struct cert *issuer)
{
    EVP_PKEY *key;
    bool fits;

    ERR_set_mark();
    key = cert_key(issuer);
    fits = key && is_strong(X509_get0_tbs_sigalg(cert->x509)) &&
           X509_verify(cert->x509, key) == 1;
    ERR_pop_to_mark();
    return fits;
}
