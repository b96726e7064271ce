/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include <openssl/x509v3.h>

#include "crypto/cert_x509.h"

bool asn1_get_extension(
    const STACK_OF(X509_EXTENSION) * extensions, int nid, void **ret_extension)
{
    int found = 0;

    *ret_extension = X509V3_get_d2i(extensions, nid, &found, NULL);
    return *ret_extension || found == -1;
}

enum crypt_err asn1_read_time(const ASN1_TIME *time, int64_t *ret_seconds)
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
