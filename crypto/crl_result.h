/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRL_RESULT_H
#define CRYPTO_CRL_RESULT_H

#include "crypto/crl_parse.h"
#include "crypto/revocation.h"

/*
 * For the files of this folder only: what the lists say of one certificate,
 * list after list.
 */

/* The certificate that the lists are asked about. */
struct crl_subject {
    const struct cert *cert;
    const struct cert *issuer;
    CRL_DIST_POINTS *dps; /* of CERT; NULL: none */
};

/* Why no list settles it, the nearest miss last. */
enum crl_miss {
    CRL_NONE,
    CRL_ABOUT_OTHERS,
    CRL_FORGED,
    CRL_MALFORMED,
    CRL_INCOMPLETE,
    CRL_ENTRY_TAKEN_BACK,
    CRL_NOT_YET_VALID,
    CRL_OUT_OF_DATE,
    CRL_MISSES,
};

/* All zero: no list yet. */
struct crl_result {
    enum crl_miss nearest;
    struct revocation revoked; /* by the newest list that says so */
    int64_t revoked_by;        /* its thisUpdate */
    struct revocation good;    /* by the one that holds longest */
    /* A list was taken for forged or malformed, as OpenSSL also does when it
       runs out of memory. */
    bool doubtful;
};

/*
 * Adds what LIST says of SUBJECT at NOW. Only of a list about SUBJECT the
 * signature is verified and are the entries read.
 */
void crl_result_add(struct crl_result *result, const struct crl_list *list,
    const struct crl_subject *subject, int64_t now);

/* The answer of all lists together. */
struct revocation crl_result_conclude(const struct crl_result *result);

#endif
