/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_TRUST_H
#define CRYPTO_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "crypto/cert.h"

#define TRUST_KEY_ID_SIZE 20

/*
 * J-LIS's name for the CA whose key has this identifier, "signca03" or
 * "authca02"; NULL for any other. The name is no sign of trust.
 */
const char *trust_issuer_name(const uint8_t *key_id, size_t len);

/* Why a CA is trusted to sign signing certificates. */
enum trust_kind {
    TRUST_NONE,
    TRUST_PUBLISHED,  /* its certificate is on the built-in list */
    TRUST_CONFIGURED, /* it is not, but a file of the configuration names it */
};

/*
 * The CAs that the configuration names. Once filled it is not changed: any
 * number of readers.
 */
struct trust_store;

/* Makes an empty store; the caller frees it with trust_store_free. */
enum crypt_err trust_store_new(
    struct crypto *crypto, struct trust_store **ret_store);
void trust_store_free(struct trust_store *store); /* NULL is fine */

/*
 * Adds every certificate in the file PATH, DER or PEM, one or several; PEM
 * blocks of other kinds are passed over. On failure, which is reported
 * (log_report), the store is as it was. CRYPT_FAILED: the file cannot be read,
 * or not be trusted for its owner or mode (conf/fileperm.h). CRYPT_MALFORMED:
 * it holds no certificate, or something that should be one and
 * is not. CRYPT_UNSUPPORTED: a certificate in it is not a CA's.
 */
enum crypt_err trust_store_add_file(
    struct trust_store *store, const char *path);

/*
 * The CA above CERT among those of STORE, as a reference of the caller's; NULL:
 * none. By key identifier and signature, as trust_find_issuer has it.
 */
struct cert *trust_store_issuer(
    const struct trust_store *store, const struct cert *cert);

/*
 * Finds the trusted CA above CERT: among CARD_CA, the certificate that lies
 * beside it on the card (NULL: none), and those of STORE. CARD_CA counts only
 * if it is on the built-in list. The CA's key identifier must be the one that
 * CERT names and its key must have signed CERT; names do not count, nor do the
 * CA's dates: it is CERT's that end. RET_ISSUER, set unless the answer is
 * TRUST_NONE, is CARD_CA or belongs to STORE. A CA of the built-in list is
 * TRUST_PUBLISHED even when the configuration names it.
 */
enum trust_kind trust_find_issuer(const struct trust_store *store,
    const struct cert *cert, const struct cert *card_ca,
    const struct cert **ret_issuer);

/*
 * True when CARD_CA, the certificate beside the authentication certificate CERT
 * on the card, is one of the CAs above those, by the digests of docs/card.md
 * 3.1, and has signed CERT, by key identifier and signature. False is no proof
 * of the contrary: a CA may be newer than this list.
 */
bool trust_is_auth_chain(const struct cert *cert, const struct cert *card_ca);

#endif
