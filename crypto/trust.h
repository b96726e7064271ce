/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_TRUST_H
#define CRYPTO_TRUST_H

#include <stddef.h>
#include <stdint.h>

#define TRUST_KEY_ID_SIZE 20

/*
 * A CA of J-LIS that signs signing certificates. All generations have the
 * same name, so only key identifier and digest tell them apart (card-facts.md
 * 3.1).
 */
struct trust_ca {
    const char *name;                  /* as J-LIS names the file, "signca01" */
    uint8_t sha256[32];                /* of the DER of the certificate */
    uint8_t key_id[TRUST_KEY_ID_SIZE]; /* subject key identifier */
    int64_t not_before; /* seconds since 1970-01-01 00:00:00 UTC */
    int64_t not_after;
};

/*
 * J-LIS's name for the CA whose key has this identifier, "signca03" or
 * "authca02"; NULL for any other. The name is no sign of trust.
 */
const char *trust_issuer_name(const uint8_t *key_id, size_t len);

/* The built-in list, *RET_COUNT rows. */
const struct trust_ca *trust_signing_cas(size_t *ret_count);

#endif
