/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_OCSP_ANSWER_H
#define CRYPTO_OCSP_ANSWER_H

#include <openssl/ocsp.h>
#include "crypto/revocation_cache.h"

/* For the files of this folder only: judging an OCSP response. */

/*
 * The request for QUERY, with a nonce; RET_ID, owned by it, is what an answer
 * has to be about. NULL: no memory. The caller frees the request with
 * OCSP_REQUEST_free.
 */
OCSP_REQUEST *ocsp_answer_request(
    const struct revocation_query *query, OCSP_CERTID **ret_id);

/*
 * Judges RESPONSE to REQUEST about ID, as ocsp.h says. A refused one is
 * REVOCATION_UNKNOWN.
 */
struct revocation ocsp_answer_judge(OCSP_REQUEST *request, OCSP_CERTID *id,
    OCSP_RESPONSE *response, const struct revocation_query *query);

#endif
