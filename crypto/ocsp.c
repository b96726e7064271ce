/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ocsp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/x509v3.h>

#include "crypto/cert_x509.h"
#include "crypto/certpair.h"
#include "crypto/netbio.h"
#include "crypto/ocsp_answer.h"

#define RESPONSE_MAX (100 * 1024) /* bytes */

/* As many certificates as cards are likely to come to one computer at once. */
#define REMEMBERED 8

struct memory {
    struct certpair pair;
    struct revocation answer; /* not checked: nothing is remembered */
};

struct ocsp {
    struct crypto *crypto;
    char *url; /* NULL: the certificate's */
    unsigned timeout;
    pthread_mutex_t mutex; /* guards all that follows */
    struct memory memories[REMEMBERED];
    size_t next; /* to be overwritten */
};

enum crypt_err ocsp_new(struct crypto *crypto, const char *url,
    unsigned timeout, struct ocsp **ret_ocsp)
{
    struct ocsp *ocsp = calloc(1, sizeof *ocsp);

    if (!ocsp)
        return CRYPT_NOMEM;
    ocsp->crypto = crypto;
    ocsp->timeout = timeout;
    ocsp->url = url ? strdup(url) : NULL;
    if ((url && !ocsp->url) || pthread_mutex_init(&ocsp->mutex, NULL) != 0) {
        free(ocsp->url);
        free(ocsp);
        return CRYPT_NOMEM;
    }
    *ret_ocsp = ocsp;
    return CRYPT_OK;
}

void ocsp_free(struct ocsp *ocsp)
{
    if (!ocsp)
        return;
    pthread_mutex_destroy(&ocsp->mutex);
    free(ocsp->url);
    free(ocsp);
}

static bool is_http(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0;
}

/* The first responder that CERT names and that can be asked, or NULL. */
static char *find_url(const struct cert *cert)
{
    STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(cert_x509(cert));
    char *found = NULL;
    int i;

    for (i = 0; i < sk_OPENSSL_STRING_num(urls) && !found; i++)
        if (is_http(sk_OPENSSL_STRING_value(urls, i)))
            found = strdup(sk_OPENSSL_STRING_value(urls, i));
    X509_email_free(urls);
    return found;
}

/* Where a responder is. */
struct place {
    char *host;    /* as the URL has it */
    char *address; /* without the brackets of an IPv6 address */
    char *port;
    char *path;
    char *authority; /* host, and port where it is not the usual one */
};

static void place_done(struct place *place)
{
    OPENSSL_free(place->host);
    OPENSSL_free(place->address);
    OPENSSL_free(place->port);
    OPENSSL_free(place->path);
    OPENSSL_free(place->authority);
}

static char *without_brackets(const char *host)
{
    size_t len = strlen(host);
    bool bracketed = len > 2 && host[0] == '[' && host[len - 1] == ']';

    return bracketed ? OPENSSL_strndup(host + 1, len - 2)
                     : OPENSSL_strdup(host);
}

static char *join_authority(const char *host, const char *port)
{
    size_t size = strlen(host) + strlen(port) + 2;
    char *text = NULL;

    if (strcmp(port, OSSL_HTTP_PORT) == 0)
        return OPENSSL_strdup(host);
    text = OPENSSL_malloc(size);
    if (text)
        snprintf(text, size, "%s:%s", host, port);
    return text;
}

static bool find_place(const char *url, struct place *ret_place)
{
    struct place place = {.host = NULL};
    int tls = 0;

    if (OSSL_HTTP_parse_url(url, &tls, NULL, &place.host, &place.port, NULL,
            &place.path, NULL, NULL) != 1)
        return false;
    place.address = without_brackets(place.host);
    place.authority = join_authority(place.host, place.port);
    if (tls || !place.address || !place.authority) {
        place_done(&place);
        return false;
    }
    *ret_place = place;
    return true;
}

/* NULL: no answer, or none that is an OCSP response. */
static OCSP_RESPONSE *exchange(
    BIO *bio, const struct place *place, const OCSP_REQUEST *request)
{
    OSSL_HTTP_REQ_CTX *http = OCSP_sendreq_new(bio, place->path, NULL, 0);
    OCSP_RESPONSE *response = NULL;

    if (!http)
        return NULL;
    OSSL_HTTP_REQ_CTX_set_max_response_length(http, RESPONSE_MAX);
    if (OSSL_HTTP_REQ_CTX_add1_header(http, "Host", place->authority) == 1 &&
        OSSL_HTTP_REQ_CTX_set1_req(http, "application/ocsp-request",
            ASN1_ITEM_rptr(OCSP_REQUEST), (const ASN1_VALUE *)request) == 1 &&
        OCSP_sendreq_nbio(&response, http) != 1)
        response = NULL;
    OSSL_HTTP_REQ_CTX_free(http);
    return response;
}

static struct revocation ask_at(const struct ocsp *ocsp,
    const struct place *place, const struct cert *cert,
    const struct cert *issuer, int64_t now)
{
    struct revocation answer = revocation_unknown("out of memory");
    OCSP_CERTID *id = NULL;
    OCSP_REQUEST *request = ocsp_answer_request(cert, issuer, &id);
    OCSP_RESPONSE *response = NULL;
    struct netbio *net = NULL;

    if (!request)
        goto out;
    answer = revocation_unknown("the responder cannot be reached");
    if (netbio_connect(place->address, place->port, ocsp->timeout, &net) !=
        CRYPT_OK)
        goto out;
    answer = revocation_unknown("the responder does not answer");
    response = exchange(netbio_bio(net), place, request);
    if (response)
        answer = ocsp_answer_judge(request, id, response, issuer, now);
out:
    OCSP_RESPONSE_free(response);
    netbio_free(net);
    OCSP_REQUEST_free(request);
    return answer;
}

static struct revocation ask(const struct ocsp *ocsp, const struct cert *cert,
    const struct cert *issuer, int64_t now)
{
    struct revocation answer =
        revocation_unknown("there is no responder to ask (URL)");
    char *found = ocsp->url ? NULL : find_url(cert);
    const char *url = ocsp->url ? ocsp->url : found;
    struct place place;

    if (url && find_place(url, &place)) {
        answer = ask_at(ocsp, &place, cert, issuer, now);
        place_done(&place);
    }
    free(found);
    return answer;
}

/* What was revoked stays so: no certificate of JPKI's is ever released. */
static bool still_holds(const struct revocation *answer, int64_t now)
{
    return answer->status == REVOCATION_REVOKED ||
           (answer->status == REVOCATION_GOOD && now <= answer->next_update);
}

static bool recall(struct ocsp *ocsp, const struct certpair *pair, int64_t now,
    struct revocation *ret_answer)
{
    bool found = false;
    size_t i;

    pthread_mutex_lock(&ocsp->mutex);
    for (i = 0; i < REMEMBERED && !found; i++) {
        const struct memory *memory = &ocsp->memories[i];

        found = certpair_equal(&memory->pair, pair) &&
                still_holds(&memory->answer, now);
        if (found)
            *ret_answer = memory->answer;
    }
    pthread_mutex_unlock(&ocsp->mutex);
    return found;
}

/* In the place of what is known of the same pair, else of the oldest. */
static void remember(struct ocsp *ocsp, const struct certpair *pair,
    const struct revocation *answer)
{
    size_t i = 0;

    pthread_mutex_lock(&ocsp->mutex);
    while (i < REMEMBERED && !certpair_equal(&ocsp->memories[i].pair, pair))
        i++;
    if (i == REMEMBERED) {
        i = ocsp->next;
        ocsp->next = (ocsp->next + 1) % REMEMBERED;
    }
    ocsp->memories[i] = (struct memory){*pair, *answer};
    pthread_mutex_unlock(&ocsp->mutex);
}

void ocsp_check(struct ocsp *ocsp, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation)
{
    struct certpair pair;

    ERR_set_mark();
    if (certpair_make(ocsp->crypto, cert, issuer, &pair) != CRYPT_OK) {
        *ret_revocation = revocation_unknown("out of memory");
    } else if (!recall(ocsp, &pair, now, ret_revocation)) {
        *ret_revocation = ask(ocsp, cert, issuer, now);
        if (still_holds(ret_revocation, now))
            remember(ocsp, &pair, ret_revocation);
    }
    ERR_pop_to_mark();
}
