/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/certtime.h"

#include <time.h>

int certtime_set(ASN1_TIME *time, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm = {0};
    char text[32];
    if (gmtime_r(&when, &tm) == NULL ||
        strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm) == 0)
        return 0;
    return ASN1_TIME_set_string_X509(time, text);
}

ASN1_TIME *certtime_new(int64_t seconds)
{
    ASN1_TIME *time = ASN1_TIME_new();
    if (time && certtime_set(time, seconds) == 1)
        return time;
    ASN1_TIME_free(time);
    return NULL;
}
