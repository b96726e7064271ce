/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_OTHER_NAME_H
#define CRYPTO_OTHER_NAME_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/x509v3.h>

/*
 * What a signing certificate says of its holder: otherNames of subjectAltName,
 * 1.2.392.200149.8.5.5.* (docs/card.md 3.3). For the files of this folder only.
 */
enum other_name {
    OTHER_NAME_NAME = 1,
    OTHER_NAME_NAME_FLAGS,
    OTHER_NAME_SEX,
    OTHER_NAME_BIRTH,
    OTHER_NAME_ADDRESS,
    OTHER_NAME_ADDRESS_FLAGS,
};

/* The subjectAltName of X509, for other_names_free; NULL: none. */
GENERAL_NAMES *other_names_get(const X509 *x509);
/* Wipes the texts as well; NULL is fine. */
void other_names_free(GENERAL_NAMES *names);

/*
 * The text NAME of NAMES, theirs, not terminated. NULL where there is none,
 * where there are several, or where it is no UTF8String.
 */
const uint8_t *other_names_find(
    const GENERAL_NAMES *names, enum other_name name, size_t *ret_len);

#endif
