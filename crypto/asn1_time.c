/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "crypto/cert_x509.h"

/* Not beside asn1_read_time: only CMS writes a time; the module has none. */

ASN1_TIME *asn1_write_time(int64_t seconds)
{
    time_t at = (time_t)seconds;
    struct tm tm;
    char text[32];
    ASN1_TIME *time;

    if (!gmtime_r(&at, &tm) ||
        strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm) == 0)
        return NULL;
    time = ASN1_TIME_new();
    if (time && ASN1_TIME_set_string_X509(time, text) == 1)
        return time;
    ASN1_TIME_free(time);
    return NULL;
}
