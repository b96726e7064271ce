/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_RSAKEY_H
#define TESTS_VCARD_RSAKEY_H

#include <stddef.h>
#include <stdint.h>

#define RSAKEY_SIZE 256

/*
 * An RSA-2048 key of the card. libcrypto is used in a library context of
 * the cards' own: a card runs inside other people's programs, whose openssl.cnf
 * may load the very module that is talking to this card.
 */
struct card_key;

/*
 * The key in PEM, read once in a process and kept until its end: there are few,
 * and a test puts the same card in thousands of times. NULL: it is none.
 */
struct card_key *rsakey_get(const void *pem, size_t len);

/* What the card does before the RSA operation (docs/card.md section 2). */
struct rsakey_scheme {
    int hash;        /* the input is a message, hash it with SHA-256 */
    int digest_info; /* put the SHA-256 DigestInfo before it */
    int pss;         /* else PKCS#1 v1.5, block type 1 */
    unsigned salt;
};

/* 0, or -1 when the input does not fit the scheme. */
int rsakey_sign(struct card_key *key, const struct rsakey_scheme *scheme,
    const uint8_t *input, size_t len, uint8_t ret_sig[RSAKEY_SIZE]);

#endif
