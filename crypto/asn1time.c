/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/asn1time.h"

#include <openssl/asn1.h>

/*
 * 1970, by text: libcrypto may have been built with another time_t than we, so
 * none is passed to it.
 */
static ASN1_TIME *make_epoch(void)
{
    ASN1_TIME *epoch = ASN1_TIME_new();

    if (epoch && ASN1_TIME_set_string(epoch, "19700101000000Z") == 1)
        return epoch;
    ASN1_TIME_free(epoch);
    return NULL;
}

enum crypt_err asn1time_read(const ASN1_TIME *time, int64_t *ret_seconds)
{
    /* Measured from 1970, because mktime and its kin know the host's zone. */
    ASN1_TIME *epoch = make_epoch();
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
