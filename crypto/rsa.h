/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_RSA_H
#define CRYPTO_RSA_H

#include "crypto/cert.h"

/*
 * Verifies an RSASSA-PKCS1-v1_5 signature over DATA, the bytes that stand
 * after the padding (a DigestInfo or anything else), under the key of CERT.
 * CRYPT_MISMATCH: it does not verify, for whatever reason that lies in SIG,
 * its length too. CRYPT_UNSUPPORTED: the key is not RSA.
 */
enum crypt_err rsa_verify_pkcs1(const struct cert *cert, const uint8_t *data,
    size_t data_len, const uint8_t *sig, size_t sig_len);

#define RSA_PSS_SALT_SIZE 32 /* bytes */

/*
 * Verifies an RSASSA-PSS signature with SHA-256, MGF1 with SHA-256 and a salt
 * of exactly RSA_PSS_SALT_SIZE bytes over HASH, the SHA-256 of what is signed,
 * under the key of CERT.
 * CRYPT_MISMATCH: it does not verify, for whatever reason that lies in SIG, its
 * length and the salt's too. CRYPT_MALFORMED: HASH_LEN is not that of SHA-256.
 * CRYPT_UNSUPPORTED: the key is not RSA.
 */
enum crypt_err rsa_verify_pss(const struct cert *cert, const uint8_t *hash,
    size_t hash_len, const uint8_t *sig, size_t sig_len);

#endif
