/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/cms.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/asn1t.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/cert_x509.h"
#include "crypto/context_lib.h"

/*
 * OpenSSL signs where CMS_add1_signer is not told CMS_PARTIAL, else in
 * CMS_final. Neither is called here, so that it never wants the private key:
 * the attributes are added, encoded and digested by hand, and the signature is
 * put into its place.
 */

struct cms {
    struct crypto *crypto;
    CMS_ContentInfo *info;
    CMS_SignerInfo *signer; /* part of INFO */
};

typedef STACK_OF(X509_ATTRIBUTE) signed_attributes;
static const ASN1_ITEM *signed_attributes_it(void);

#define SIGNER_FLAGS (CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES)

static bool add_attributes(
    CMS_SignerInfo *signer, const uint8_t *hash, int64_t at)
{
    ASN1_TIME *time = asn1_write_time(at);
    int size = (int)digest_size(CMS_DIGEST);
    bool ok = time &&
              CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_contentType,
                  V_ASN1_OBJECT, OBJ_nid2obj(NID_pkcs7_data), -1) &&
              CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_messageDigest,
                  V_ASN1_OCTET_STRING, hash, size) &&
              CMS_signed_add1_attr_by_NID(
                  signer, NID_pkcs9_signingTime, time->type, time, -1);

    ASN1_TIME_free(time);
    return ok;
}

/* Fills CMS, whose fields the caller frees whatever comes of it. */
static bool build(struct cms *cms, const struct cert *signer,
    const struct cert *ca, const uint8_t *hash, int64_t at)
{
    OSSL_LIB_CTX *lib = crypto_lib(cms->crypto);
    EVP_MD *md = EVP_MD_fetch(lib, "SHA2-256", NULL);
    EVP_PKEY *key = cert_key(signer);

    cms->info = CMS_sign_ex(NULL, NULL, NULL, NULL,
        CMS_PARTIAL | CMS_BINARY | CMS_DETACHED, lib, NULL);
    if (md && key && cms->info && CMS_set_detached(cms->info, 1))
        cms->signer =
            CMS_add1_signer(cms->info, signer->x509, key, md, SIGNER_FLAGS);
    EVP_MD_free(md);
    if (!cms->signer || (ca && !CMS_add1_cert(cms->info, ca->x509)))
        return false;
    return add_attributes(cms->signer, hash, at);
}

enum crypt_err cms_new(const struct cert *signer, const struct cert *ca,
    const uint8_t *hash, int64_t at, struct cms **ret_cms)
{
    struct cms *cms;
    bool ok;

    if (cert_key_type(signer) != CERT_KEY_RSA)
        return CRYPT_UNSUPPORTED;
    cms = calloc(1, sizeof *cms);
    if (!cms)
        return CRYPT_NOMEM;
    cms->crypto = signer->crypto;
    ERR_set_mark();
    ok = build(cms, signer, ca, hash, at);
    ERR_pop_to_mark();
    if (!ok) {
        cms_free(cms);
        return CRYPT_FAILED;
    }
    *ret_cms = cms;
    return CRYPT_OK;
}

void cms_free(struct cms *cms)
{
    if (!cms)
        return;
    CMS_ContentInfo_free(cms->info);
    free(cms);
}

/* The attributes as they are signed; OPENSSL_free. Negative: it failed. */
static int encode_attributes(const struct cms *cms, uint8_t **ret_der)
{
    signed_attributes *attributes = sk_X509_ATTRIBUTE_new_null();
    int i, len = -1, count = CMS_signed_get_attr_count(cms->signer);

    for (i = 0; attributes && i < count; i++)
        if (!sk_X509_ATTRIBUTE_push(
                attributes, CMS_signed_get_attr(cms->signer, i)))
            count = -1;
    if (attributes && count > 0)
        len = ASN1_item_i2d((const ASN1_VALUE *)attributes, ret_der,
            ASN1_ITEM_rptr(signed_attributes));
    sk_X509_ATTRIBUTE_free(attributes);
    return len;
}

enum crypt_err cms_hash(
    const struct cms *cms, uint8_t ret_hash[DIGEST_MAX], size_t *ret_len)
{
    enum crypt_err err = CRYPT_FAILED;
    uint8_t *der = NULL;
    int len;

    ERR_set_mark();
    len = encode_attributes(cms, &der);
    if (len > 0)
        err = digest_once(
            cms->crypto, CMS_DIGEST, der, (size_t)len, ret_hash, ret_len);
    OPENSSL_free(der);
    ERR_pop_to_mark();
    return err;
}

/* Copies what OpenSSL has allocated to where free() will do. */
static enum crypt_err copy_der(
    const uint8_t *der, int len, uint8_t **ret_der, size_t *ret_len)
{
    if (len <= 0)
        return CRYPT_FAILED;
    *ret_der = malloc((size_t)len);
    if (!*ret_der)
        return CRYPT_NOMEM;
    memcpy(*ret_der, der, (size_t)len);
    *ret_len = (size_t)len;
    return CRYPT_OK;
}

enum crypt_err cms_encode(struct cms *cms, const uint8_t *sig, size_t sig_len,
    uint8_t **ret_der, size_t *ret_len)
{
    ASN1_OCTET_STRING *place = CMS_SignerInfo_get0_signature(cms->signer);
    uint8_t *der = NULL;
    int len = -1;
    enum crypt_err err;

    ERR_set_mark();
    if (ASN1_OCTET_STRING_set(place, sig, (int)sig_len))
        len = i2d_CMS_ContentInfo(cms->info, &der);
    err = copy_der(der, len, ret_der, ret_len);
    OPENSSL_free(der);
    ERR_pop_to_mark();
    return err;
}

/*
 * How signed attributes are encoded to be signed: as a SET OF, in DER's order,
 * and not under the tag that they have in SignerInfo (RFC 5652 5.4).
 */
/* clang-format off */
ASN1_ITEM_TEMPLATE(signed_attributes) =
    ASN1_EX_TEMPLATE_TYPE(
        ASN1_TFLG_SET_OF, 0, signed_attributes, X509_ATTRIBUTE)
static_ASN1_ITEM_TEMPLATE_END(signed_attributes)
