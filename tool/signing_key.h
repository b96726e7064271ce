/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_SIGNING_KEY_H
#define TOOL_SIGNING_KEY_H

#include "tool/use_pin.h"

/*
 * The signing key of one card, for a number of signatures over SHA-256. What
 * goes wrong standard error is told, in the words of policy and errors.
 */
struct signing_key {
    struct token *token;
    size_t count;       /* how many signatures there will be */
    size_t made;        /* how many there are */
    bool is_authorised; /* there was a right PIN */
    struct pin *own;    /* typed for the next signature; NULL: the log-in's */
};

/* True where each signature wants its own PIN ([pin] signature_pin). */
bool signing_key_asks_each(const struct signing_key *key);

/*
 * What is known before the PIN: EXIT_GOOD, or why KEY cannot sign. Nothing is
 * sent, no PIN is asked for.
 */
enum exit_status signing_key_check(struct signing_key *key)
    EXCLUDES(token_held);

/*
 * Makes sure that the next signature may be made: asks for the PIN before the
 * first one, which the count of signatures is told with, and before each where
 * that is configured. Then the certificate is there, and the policy allows the
 * signature.
 */
enum exit_status signing_key_authorise(struct signing_key *key)
    EXCLUDES(token_held);

/* The certificate, and that of its CA; after signing_key_authorise. */
const struct cert *signing_key_cert(const struct signing_key *key);
const struct cert *signing_key_ca(const struct signing_key *key);

/*
 * Signs the SHA-256 digest HASH by RSASSA-PKCS1-v1_5; the signature is valid
 * under the certificate.
 */
enum exit_status signing_key_sign(struct signing_key *key, const uint8_t *hash,
    size_t hash_len, uint8_t ret_signature[CARD_SIGNATURE_SIZE])
    EXCLUDES(token_held);

/* Logs out. */
void signing_key_done(struct signing_key *key) EXCLUDES(token_held);

#endif
