/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_DER_H
#define CRYPTO_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * For the files of this folder only: steps through DER without copying it.
 * OpenSSL's parser takes too long and too much memory for a list of 100,000
 * entries.
 */

/* Identifier octets; low tags only. */
enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_IMPLICIT_0 = 0x80,
    DER_CONTEXT_0 = 0xa0,
};

/* Bytes, not owned. */
struct der {
    const uint8_t *data;
    size_t len;
};

struct der_item {
    unsigned tag;     /* the identifier octet */
    struct der whole; /* with identifier and length */
    struct der value;
};

/*
 * Takes the next item off REST. False, with nothing changed, when there is
 * none, or it is not whole, or its tag or length has a form that DER does not
 * have or this module does not need.
 */
bool der_next(struct der *rest, struct der_item *ret_item);

/* The same for an item that must have TAG. */
bool der_take(struct der *rest, unsigned tag, struct der_item *ret_item);

/* True when REST begins with TAG. */
bool der_is_next(const struct der *rest, unsigned tag);

#endif
