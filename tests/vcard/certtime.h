/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CERTTIME_H
#define TESTS_VCARD_CERTTIME_H

#include <stdint.h>

#include <openssl/asn1.h>

/*
 * Times for certificates and lists, made without passing a time_t to libcrypto,
 * which may have been built with a smaller one. UTCTime until 2049, then
 * GeneralizedTime (RFC 5280).
 */

/* Sets TIME to SECONDS since 1970; 1, or 0 as OpenSSL's functions do. */
int certtime_set(ASN1_TIME *time, int64_t seconds);
/* A new one, the caller's; NULL when it cannot be made. */
ASN1_TIME *certtime_new(int64_t seconds);

#endif
