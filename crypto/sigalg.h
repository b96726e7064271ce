/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SIGALG_H
#define CRYPTO_SIGALG_H

#include "crypto/cert.h"
#include "crypto/digest.h"

/*
 * Signature algorithms, one row each: the only place that knows the sizes of
 * keys, inputs and signatures. What a card can compute is said in token/.
 */

enum sigalg_id {
    SIGALG_RSA_PKCS1,  /* RSASSA-PKCS1-v1_5 */
    SIGALG_RSA_PSS,    /* RSASSA-PSS, SHA-256, MGF1 with SHA-256, salt 32 */
    SIGALG_ECDSA_P384, /* the signature is r || s, as PKCS #11 has it */
    SIGALG_COUNT,
};

struct sigalg {
    enum sigalg_id id;
    enum cert_key_type key_type;
    unsigned key_bits;
    unsigned parts; /* numbers as long as the key, in a signature */
    size_t input_min, input_max; /* bytes of input, before any padding */
    bool digest_info;            /* a hash is signed inside a DigestInfo */
};

extern const struct sigalg sigalgs[SIGALG_COUNT];

#define SIGALG_INPUT_MAX 245 /* bytes of the longest input of any row */

/* True when CERT's key is of ALG's type, size and curve. */
bool sigalg_fits(const struct sigalg *alg, const struct cert *cert);

/* The first row that fits CERT's key; NULL: none. */
const struct sigalg *sigalg_of(const struct cert *cert);

/* The bytes of a signature by ALG with CERT's key. */
size_t sigalg_signature_size(const struct sigalg *alg, const struct cert *cert);

/*
 * Builds what ALG signs of HASH by DIGEST: the hash itself, or its DigestInfo
 * (RFC 8017 section 9.2, with NULL parameters). CRYPT_MALFORMED when HASH_LEN
 * is not the length of DIGEST.
 */
enum crypt_err sigalg_input(const struct sigalg *alg, enum digest_alg digest,
    const uint8_t *hash, size_t hash_len, uint8_t ret_input[SIGALG_INPUT_MAX],
    size_t *ret_len);

/*
 * Verifies SIG over INPUT, the bytes before any padding, under the key of CERT.
 * CRYPT_MISMATCH: it does not verify, for whatever reason that lies in SIG, its
 * length too. CRYPT_MALFORMED: INPUT_LEN is not one that ALG takes.
 * CRYPT_UNSUPPORTED: the key is of another type or curve. RSA keys of any size
 * verify.
 */
enum crypt_err sigalg_verify(const struct sigalg *alg, const struct cert *cert,
    const uint8_t *input, size_t input_len, const uint8_t *sig, size_t sig_len);

#endif
