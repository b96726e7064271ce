/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ocsp_answer.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "crypto/cert_x509.h"
#include "crypto/context_lib.h"

#define NONCE_SIZE 16

/* How far a responder's clock may be ahead of ours, in seconds. */
#define CLOCK_SKEW 300

/*
 * How long an answer holds that names no next one: as often as the data behind
 * JPKI's responders is said to be refreshed (docs/card.md 4), in seconds.
 */
#define UNDATED_LIFE 900

/* For a time that cannot be read. */
#define FAR_FUTURE (INT64_MAX / 2)

static OCSP_CERTID *make_id(
    OSSL_LIB_CTX *lib, const struct revocation_query *query)
{
    /* SHA-1 only names the CA here, and is what every responder knows. */
    EVP_MD *sha1 = EVP_MD_fetch(lib, "SHA1", NULL);
    OCSP_CERTID *id = NULL;

    if (sha1)
        id = OCSP_cert_to_id(sha1, query->cert->x509, query->issuer->x509);
    EVP_MD_free(sha1);
    return id;
}

static bool add_nonce(OCSP_REQUEST *request, OSSL_LIB_CTX *lib)
{
    unsigned char nonce[NONCE_SIZE];

    return RAND_bytes_ex(lib, nonce, sizeof nonce, 0) == 1 &&
           OCSP_request_add1_nonce(request, nonce, sizeof nonce) == 1;
}

OCSP_REQUEST *ocsp_answer_request(
    const struct revocation_query *query, OCSP_CERTID **ret_id)
{
    OSSL_LIB_CTX *lib = crypto_lib(query->cert->crypto);
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    OCSP_CERTID *id = make_id(lib, query);

    if (!request || !id || !OCSP_request_add0_id(request, id)) {
        OCSP_CERTID_free(id);
        OCSP_REQUEST_free(request);
        return NULL;
    }
    if (!add_nonce(request, lib)) {
        OCSP_REQUEST_free(request);
        return NULL;
    }
    *ret_id = id;
    return request;
}

/*
 * Not OCSP_basic_verify: it finds issuers by name, which all generations of a
 * CA share, and uses the host's library context.
 */
static bool is_signed_with(
    const OCSP_BASICRESP *basic, const struct cert *signer)
{
    return cert_has_signed(signer, ASN1_ITEM_rptr(OCSP_RESPDATA),
        OCSP_resp_get0_respdata(basic), OCSP_resp_get0_tbs_sigalg(basic),
        OCSP_resp_get0_signature(basic));
}

static bool may_sign_ocsp(const X509 *x509)
{
    EXTENDED_KEY_USAGE *uses =
        X509_get_ext_d2i(x509, NID_ext_key_usage, NULL, NULL);
    bool may = false;
    int i;

    for (i = 0; i < sk_ASN1_OBJECT_num(uses); i++)
        if (OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, i)) == NID_OCSP_sign)
            may = true;
    EXTENDED_KEY_USAGE_free(uses);
    return may;
}

static bool is_valid_at(const struct cert *cert, int64_t now)
{
    int64_t not_before = 0;
    int64_t not_after = 0;

    cert_validity(cert, &not_before, &not_after);
    return not_before <= now && now <= not_after;
}

/* An authorized responder: RFC 6960 4.2.2.2. */
static bool is_delegate(
    const struct cert *responder, const struct cert *issuer, int64_t now)
{
    return may_sign_ocsp(responder->x509) && is_valid_at(responder, now) &&
           cert_is_signed_by(responder, issuer);
}

static bool is_signed_by_delegate(const OCSP_BASICRESP *basic, X509 *x509,
    const struct cert *issuer, int64_t now)
{
    struct cert *responder = NULL;
    uint8_t *der = NULL;
    int len = i2d_X509(x509, &der);
    bool fits = false;

    if (len > 0 &&
        cert_parse(issuer->crypto, der, (size_t)len, &responder) == CRYPT_OK)
        fits = is_delegate(responder, issuer, now) &&
               is_signed_with(basic, responder);
    cert_free(responder);
    OPENSSL_free(der);
    return fits;
}

static bool is_authentic(
    const OCSP_BASICRESP *basic, const struct cert *issuer, int64_t now)
{
    const STACK_OF(X509) *certs = OCSP_resp_get0_certs(basic);
    int i;

    if (is_signed_with(basic, issuer))
        return true;
    for (i = 0; i < sk_X509_num(certs); i++)
        if (is_signed_by_delegate(basic, sk_X509_value(certs, i), issuer, now))
            return true;
    return false;
}

/* The time, or OTHERWISE where there is none. */
static int64_t time_or(const ASN1_GENERALIZEDTIME *time, int64_t otherwise)
{
    int64_t seconds = otherwise;

    if (time)
        (void)asn1_read_time(time, &seconds);
    return seconds;
}

static struct revocation judge_good(
    int64_t this_update, int64_t next_update, int64_t now)
{
    if (this_update > now + CLOCK_SKEW)
        return revocation_unknown("OCSP answer not valid yet");
    if (next_update < now)
        return revocation_unknown("OCSP answer out of date");
    return (struct revocation){
        .status = REVOCATION_GOOD, .next_update = next_update};
}

static struct revocation judge_single(OCSP_SINGLERESP *single, int64_t now)
{
    ASN1_GENERALIZEDTIME *revoked_at = NULL;
    ASN1_GENERALIZEDTIME *this_update = NULL;
    ASN1_GENERALIZEDTIME *next_update = NULL;
    int reason = 0;
    int status = OCSP_single_get0_status(
        single, &reason, &revoked_at, &this_update, &next_update);
    int64_t from = time_or(this_update, FAR_FUTURE);

    if (status == V_OCSP_CERTSTATUS_GOOD)
        return judge_good(from,
            next_update ? time_or(next_update, INT64_MIN) : from + UNDATED_LIFE,
            now);
    if (status != V_OCSP_CERTSTATUS_REVOKED)
        return revocation_unknown("certificate unknown to the responder");
    return (struct revocation){.status = REVOCATION_REVOKED,
        .reason = reason < 0 ? 0 : reason,
        .revoked_at = time_or(revoked_at, 0)};
}

/* Of several answers about the one certificate, the worst. */
static struct revocation judge_singles(
    OCSP_BASICRESP *basic, OCSP_CERTID *id, int64_t now)
{
    struct revocation worst =
        revocation_unknown("OCSP answer about other certificates");
    int first = OCSP_resp_find(basic, id, -1);
    int at;

    for (at = first; at >= 0; at = OCSP_resp_find(basic, id, at)) {
        struct revocation one = judge_single(OCSP_resp_get0(basic, at), now);

        if (at == first || one.status == REVOCATION_REVOKED ||
            worst.status == REVOCATION_GOOD)
            worst = one;
    }
    return worst;
}

static struct revocation judge_basic(OCSP_REQUEST *request, OCSP_CERTID *id,
    OCSP_BASICRESP *basic, const struct revocation_query *query)
{
    int nonce = OCSP_check_nonce(request, basic);

    if (!is_authentic(basic, query->issuer, query->now))
        return revocation_unknown(
            "OCSP answer not signed by the CA or its responder");
    /* 1: the same; -1: none in the answer. */
    if (nonce != 1 && nonce != -1)
        return revocation_unknown("nonce of the OCSP answer differs");
    return judge_singles(basic, id, query->now);
}

struct revocation ocsp_answer_judge(OCSP_REQUEST *request, OCSP_CERTID *id,
    OCSP_RESPONSE *response, const struct revocation_query *query)
{
    struct revocation answer;
    OCSP_BASICRESP *basic = NULL;

    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return revocation_unknown("error status from the responder");
    basic = OCSP_response_get1_basic(response);
    if (!basic)
        return revocation_unknown("malformed OCSP answer");
    answer = judge_basic(request, id, basic, query);
    OCSP_BASICRESP_free(basic);
    return answer;
}
