/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_ASN1TIME_H
#define CRYPTO_ASN1TIME_H

#include <stdint.h>
#include <openssl/types.h>
#include "crypto/cryptoerr.h"

/* For the files of this folder only. */

/* Seconds since 1970-01-01 00:00:00 UTC; CRYPT_MALFORMED. */
enum crypt_err asn1time_read(const ASN1_TIME *time, int64_t *ret_seconds);

#endif
