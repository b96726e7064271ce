/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/asn1time.h"

#include <time.h>

#include <openssl/asn1.h>

enum crypt_err asn1time_read(const ASN1_TIME *time, int64_t *ret_seconds)
{
    struct tm tm;

    if (ASN1_TIME_to_tm(time, &tm) != 1)
        return CRYPT_MALFORMED;
    *ret_seconds = (int64_t)timegm(&tm);
    return CRYPT_OK;
}
