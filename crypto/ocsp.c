/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ocsp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/x509v3.h>

#include "conf/lock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_conf.h"
#include "crypto/cert_x509.h"
#include "crypto/ocsp_answer.h"
#include "crypto/revocation_cache.h"
#include "crypto/tcp.h"

#define RESPONSE_MAX (100 * 1024) /* bytes */

#define AUTHORITY_MAX 264 /* a host's name has at most 253 characters */

/* Where to find a responder. */
struct responder {
    char *host; /* without the brackets of an IPv6 address */
    char *port;
    char *path;
    char authority[AUTHORITY_MAX]; /* host, and port where it is not 80 */
};

static void responder_done(struct responder *responder)
{
    OPENSSL_free(responder->host);
    OPENSSL_free(responder->port);
    OPENSSL_free(responder->path);
}

/* What the Host header says; false when that is too long for a host's name. */
static bool join_authority(struct responder *responder)
{
    bool usual = strcmp(responder->port, OSSL_HTTP_PORT) == 0;
    int len =
        snprintf(responder->authority, sizeof responder->authority, "%s%s%s",
            responder->host, usual ? "" : ":", usual ? "" : responder->port);

    return len > 0 && (size_t)len < sizeof responder->authority;
}

static void strip_brackets(char *host)
{
    size_t len = strlen(host);

    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        memmove(host, host + 1, len - 2);
        host[len - 2] = '\0';
    }
}

/* False: URL is not http://HOST..., or out of memory. */
static bool parse_url(const char *url, struct responder *ret_responder)
{
    struct responder responder = {.host = NULL};

    if (strncmp(url, "http://", strlen("http://")) != 0 ||
        OSSL_HTTP_parse_url(url, NULL, NULL, &responder.host, &responder.port,
            NULL, &responder.path, NULL, NULL) != 1)
        return false;
    if (!*responder.host || !join_authority(&responder)) {
        responder_done(&responder);
        return false;
    }
    strip_brackets(responder.host);
    *ret_responder = responder;
    return true;
}

/* The first responder that CERT names and that can be asked. */
static bool find_named_responder(
    const struct cert *cert, struct responder *ret_responder)
{
    STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(cert->x509);
    bool found = false;
    int i;

    for (i = 0; i < sk_OPENSSL_STRING_num(urls) && !found; i++)
        found = parse_url(sk_OPENSSL_STRING_value(urls, i), ret_responder);
    X509_email_free(urls);
    return found;
}

struct ocsp {
    struct crypto *crypto;
    struct responder
        responder; /* no host: the one that the certificate names */
    unsigned timeout;
    struct lock lock; /* guards the cache */
    struct revocation_cache cache;
};

enum crypt_err ocsp_new(struct crypto *crypto, const char *url,
    unsigned timeout, struct ocsp **ret_ocsp)
{
    struct ocsp *ocsp = calloc(1, sizeof *ocsp);
    bool found = true;

    if (!ocsp || !lock_init(&ocsp->lock)) {
        free(ocsp);
        return CRYPT_NOMEM;
    }
    ocsp->crypto = crypto;
    ocsp->timeout = timeout;
    if (url) {
        ERR_set_mark();
        found = parse_url(url, &ocsp->responder);
        ERR_pop_to_mark();
    }
    if (!found) {
        log_report(words(W_CONF_OCSP_HOST), url);
        ocsp_free(ocsp);
        return CRYPT_MALFORMED;
    }
    *ret_ocsp = ocsp;
    return CRYPT_OK;
}

void ocsp_free(struct ocsp *ocsp)
{
    if (!ocsp)
        return;
    lock_destroy(&ocsp->lock);
    responder_done(&ocsp->responder);
    free(ocsp);
}

/* NULL: no answer, or none that is an OCSP response. */
static OCSP_RESPONSE *exchange(struct tcp *tcp,
    const struct responder *responder, const OCSP_REQUEST *request)
{
    BIO *out = BIO_new(BIO_s_mem());
    BIO *received = BIO_new(BIO_s_mem());
    /* OpenSSL 3.5 reads lines: an empty BIO_s_mem alone is no "try again". */
    BIO *in = BIO_push(BIO_new(BIO_f_buffer()), received);
    OSSL_HTTP_REQ_CTX *http = OSSL_HTTP_REQ_CTX_new(out, in, 0);
    OCSP_RESPONSE *response = NULL;

    if (!http)
        goto out;
    OSSL_HTTP_REQ_CTX_set_max_response_length(http, RESPONSE_MAX);
    /* POST; the answer is ASN.1. */
    if (OSSL_HTTP_REQ_CTX_set_request_line(
            http, 1, NULL, NULL, responder->path) != 1 ||
        OSSL_HTTP_REQ_CTX_set_expected(http, NULL, 1, 0, 0) != 1 ||
        OSSL_HTTP_REQ_CTX_add1_header(http, "Host", responder->authority) !=
            1 ||
        OSSL_HTTP_REQ_CTX_set1_req(http, "application/ocsp-request",
            ASN1_ITEM_rptr(OCSP_REQUEST), (const ASN1_VALUE *)request) != 1)
        goto out;
    while (OCSP_sendreq_nbio(&response, http) == -1 &&
           tcp_exchange(tcp, out, received))
        ;
out:
    OSSL_HTTP_REQ_CTX_free(http);
    BIO_free_all(in);
    BIO_free(out);
    return response;
}

static struct revocation ask_responder(const struct ocsp *ocsp,
    const struct responder *responder, const struct revocation_query *query)
{
    struct revocation answer =
        revocation_unknown("no OCSP response from the responder");
    OCSP_CERTID *id = NULL;
    OCSP_REQUEST *request = ocsp_answer_request(query, &id);
    OCSP_RESPONSE *response = NULL;
    struct tcp tcp;

    if (!request)
        return revocation_unknown("out of memory");
    if (tcp_connect(responder->host, responder->port, ocsp->timeout, &tcp)) {
        response = exchange(&tcp, responder, request);
        tcp_close(&tcp);
    } else {
        answer = revocation_unknown("cannot connect to the responder");
    }
    if (response)
        answer = ocsp_answer_judge(request, id, response, query);
    OCSP_RESPONSE_free(response);
    OCSP_REQUEST_free(request);
    return answer;
}

static struct revocation ask(
    const struct ocsp *ocsp, const struct revocation_query *query)
{
    struct revocation answer;
    struct responder named;

    if (ocsp->responder.host)
        return ask_responder(ocsp, &ocsp->responder, query);
    if (!find_named_responder(query->cert, &named))
        return revocation_unknown("no URL of a responder in the certificate");
    answer = ask_responder(ocsp, &named, query);
    responder_done(&named);
    return answer;
}

/* The cached answer; false: none that holds. */
static bool find_cached(struct ocsp *ocsp, const struct revocation_query *query,
    struct revocation *ret_answer)
{
    bool found;

    lock_acquire(&ocsp->lock);
    found = revocation_cache_find(&ocsp->cache, query, NULL, ret_answer);
    lock_release(&ocsp->lock);
    return found;
}

/*
 * Caches ANSWER, unless another thread has cached meanwhile that the
 * certificate is revoked; then that is the answer.
 */
static void cache_answer(struct ocsp *ocsp,
    const struct revocation_query *query, struct revocation *answer)
{
    struct revocation other;

    lock_acquire(&ocsp->lock);
    if (revocation_cache_find(&ocsp->cache, query, NULL, &other) &&
        other.status == REVOCATION_REVOKED)
        *answer = other;
    else if (answer->status != REVOCATION_UNKNOWN)
        revocation_cache_put(&ocsp->cache, query, NULL, answer);
    lock_release(&ocsp->lock);
}

void ocsp_check(struct ocsp *ocsp, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation)
{
    const struct revocation_query query = {cert, issuer, now};

    ERR_set_mark();
    if (!find_cached(ocsp, &query, ret_revocation)) {
        *ret_revocation = ask(ocsp, &query);
        cache_answer(ocsp, &query, ret_revocation);
    }
    ERR_pop_to_mark();
}
