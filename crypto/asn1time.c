/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/asn1time.h"

#include <openssl/asn1.h>

enum crypt_err asn1time_read(const ASN1_TIME *time, int64_t *ret_seconds)
{
    /* Measured from 1970, because mktime and its kin know the host's zone. */
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    enum crypt_err err = CRYPT_MALFORMED;
    int days = 0;
    int seconds = 0;

    if (!epoch)
        return CRYPT_NOMEM;
    if (ASN1_TIME_diff(&days, &seconds, epoch, time) == 1) {
        *ret_seconds = (int64_t)days * 86400 + seconds;
        err = CRYPT_OK;
    }
    ASN1_TIME_free(epoch);
    return err;
}
