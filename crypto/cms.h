/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CMS_H
#define CRYPTO_CMS_H

#include "crypto/cert.h"
#include "crypto/digest.h"

/*
 * A detached CMS SignedData (RFC 5652) by one RSA key that is elsewhere: it is
 * built around the digest of the content, says what is to be signed, and takes
 * the signature. One thread at a time.
 */
struct cms;

/* The digest of content and signed attributes. */
#define CMS_DIGEST DIGEST_SHA256

/*
 * Builds it over a content of the digest HASH, of digest_size(CMS_DIGEST)
 * bytes, to be signed by the key of SIGNER at AT, seconds since 1970. Signed
 * are the content's type and digest, the time, and which certificate it is (RFC
 * 5035). SIGNER, and CA unless it is NULL, stand in it. The caller frees
 * *RET_CMS with cms_free; SIGNER must outlive it.
 * CRYPT_UNSUPPORTED: no RSA key. CRYPT_FAILED, also when out of memory.
 */
enum crypt_err cms_new(const struct cert *signer, const struct cert *ca,
    const uint8_t *hash, int64_t at, struct cms **ret_cms);
void cms_free(struct cms *cms); /* NULL is fine */

/* The digest, by CMS_DIGEST, that the key signs by RSASSA-PKCS1-v1_5. */
enum crypt_err cms_hash(
    const struct cms *cms, uint8_t ret_hash[DIGEST_MAX], size_t *ret_len);

/*
 * Takes the signature SIG over it, which is not verified here, and encodes all
 * in DER. *RET_DER is freed by the caller with free().
 */
enum crypt_err cms_encode(struct cms *cms, const uint8_t *sig, size_t sig_len,
    uint8_t **ret_der, size_t *ret_len);

#endif
