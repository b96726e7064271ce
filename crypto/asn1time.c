/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/asn1time.h"

#include <time.h>

#include <openssl/asn1.h>

enum crypt_err asn1time_read(const ASN1_TIME *time, int64_t *ret_seconds)
{
    struct tm tm;
    time_t seconds;

    if (ASN1_TIME_to_tm(time, &tm) != 1)
        return CRYPT_MALFORMED;
    seconds = timegm(&tm);
    /* A failure, unless it is the last second of 1969. */
    if (seconds == -1 && tm.tm_year != 69)
        return CRYPT_FAILED;
    *ret_seconds = (int64_t)seconds;
    return CRYPT_OK;
}
