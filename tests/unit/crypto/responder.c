/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/crypto/responder.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ocsp.h>

#include "tests/vcard/certtime.h"

#define REQUEST_MAX 4096

/* A request whose answer has to wait. */
struct held {
    int fd;
    OCSP_REQUEST *request; /* NULL: there is none */
    struct answer answer;
};

struct responder {
    int fd;
    int port;
    pthread_mutex_t mutex; /* held while a request is served */
    pthread_cond_t news;   /* of held */
    struct answer answer;
    struct held held;
    pthread_t thread;
    atomic_int count;
    atomic_bool closing;
};

static int listen_at(const char *host, int *ret_port)
{
    struct addrinfo wanted = {
        .ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    int fd = -1;

    assert_int_equal(getaddrinfo(host, "0", &wanted, &found), 0);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
                       listen(fd, 16) != 0)) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    if (fd < 0)
        return -1;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *ret_port = ntohs(address.ss_family == AF_INET6
                          ? ((struct sockaddr_in6 *)&address)->sin6_port
                          : ((struct sockaddr_in *)&address)->sin_port);
    return fd;
}

/* The Host header ends with PORT, as that of a port of one's own must. */
static bool names_port(const char *header, int port)
{
    const char *host = strstr(header, "\r\nHost: ");
    char end[16];

    snprintf(end, sizeof end, ":%d\r\n", port);
    return host && strncmp(strchr(host + 8, '\r') - (strlen(end) - 2), end,
                       strlen(end)) == 0;
}

/*
 * Takes a request's header and its body; NULL when there is none that was meant
 * for PORT (RFC 9110 7.2).
 */
static OCSP_REQUEST *take_request(int fd, int port)
{
    char text[REQUEST_MAX + 1];
    size_t len = 0;

    while (len < REQUEST_MAX) {
        ssize_t got = recv(fd, text + len, REQUEST_MAX - len, 0);
        const char *body = NULL;
        const char *told = NULL;

        if (got <= 0)
            return NULL;
        len += (size_t)got;
        text[len] = '\0';
        body = strstr(text, "\r\n\r\n");
        told = strstr(text, "Content-Length: ");
        if (body && told) {
            const unsigned char *at = (const unsigned char *)body + 4;
            long want = strtol(told + 16, NULL, 10);

            if (text + len >= body + 4 + want)
                return names_port(text, port)
                           ? d2i_OCSP_REQUEST(NULL, &at, want)
                           : NULL;
        }
    }
    return NULL;
}

static void send_all(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        at += sent;
        len -= (size_t)sent;
    }
}

static OCSP_CERTID *make_id(const struct answer *answer, OCSP_CERTID *asked)
{
    ASN1_INTEGER *serial = NULL;
    ASN1_OCTET_STRING *name = NULL;
    OCSP_CERTID *id = OCSP_CERTID_dup(asked);

    if (answer->about > 0) {
        ASN1_OCTET_STRING *key = NULL;
        long len = 0;
        unsigned char *bytes =
            OPENSSL_hexstr2buf(pki_key_id(answer->about), &len);

        OCSP_id_get0_info(&name, NULL, &key, NULL, id);
        ASN1_OCTET_STRING_set(key, bytes, (int)len);
        OPENSSL_free(bytes);
    }
    if (answer->serial) {
        BIGNUM *number = NULL;

        OCSP_id_get0_info(NULL, NULL, NULL, &serial, id);
        BN_hex2bn(&number, answer->serial);
        BN_to_ASN1_INTEGER(number, serial);
        BN_free(number);
    }
    return id;
}

static void add_status(OCSP_BASICRESP *basic, const struct answer *answer,
    OCSP_CERTID *id, int status)
{
    ASN1_TIME *revoked = certtime_new(PKI_NOW - 30 * PKI_DAY);
    ASN1_TIME *this_update = certtime_new(PKI_NOW + answer->this_update);
    ASN1_TIME *next_update = answer->next_update != 0
                                 ? certtime_new(PKI_NOW + answer->next_update)
                                 : NULL;

    OCSP_basic_add1_status(
        basic, id, status, answer->reason, revoked, this_update, next_update);
    ASN1_TIME_free(revoked);
    ASN1_TIME_free(this_update);
    ASN1_TIME_free(next_update);
}

static void add_nonce(
    OCSP_BASICRESP *basic, const struct answer *answer, OCSP_REQUEST *request)
{
    unsigned char other[] = "another question";

    if (answer->nonce == NONCE_SAME)
        OCSP_copy_nonce(basic, request);
    if (answer->nonce == NONCE_WRONG)
        OCSP_basic_add1_nonce(basic, other, sizeof other - 1);
}

/* Signs with a key alone: what certificate goes with it is another matter. */
static void sign(OCSP_BASICRESP *basic, const struct answer *answer)
{
    EVP_PKEY *key = pki_key(answer->key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    X509 *signer = X509_new();

    X509_set_pubkey(signer, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(signer), "CN",
        MBSTRING_ASC, (const unsigned char *)"Responder", -1, -1, 0);
    if (answer->with) {
        X509 *with = maker_open(&answer->with->made);

        OCSP_basic_add1_cert(basic, with);
        X509_free(with);
    }
    EVP_DigestSignInit(ctx, NULL,
        EVP_get_digestbyname(answer->digest ? answer->digest : "SHA256"), NULL,
        key);
    OCSP_basic_sign_ctx(basic, signer, ctx, NULL, OCSP_NOCERTS);
    EVP_MD_CTX_free(ctx);
    X509_free(signer);
}

static void send_answer(
    int fd, const struct answer *answer, OCSP_REQUEST *request)
{
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = make_id(
        answer, OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0)));
    OCSP_RESPONSE *response = NULL;
    unsigned char *der = NULL;
    char header[256];
    int len = 0;

    add_status(basic, answer, id, answer->status);
    if (answer->second != 0)
        add_status(basic, answer, id, answer->second);
    add_nonce(basic, answer, request);
    sign(basic, answer);
    response = OCSP_response_create(answer->refusal,
        answer->refusal == OCSP_RESPONSE_STATUS_SUCCESSFUL ? basic : NULL);
    len = i2d_OCSP_RESPONSE(response, &der);
    snprintf(header, sizeof header,
        "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n"
        "Content-Length: %d\r\n\r\n",
        len);
    send_all(fd, header, strlen(header));
    send_all(fd, der, (size_t)len);
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
}

static void wait_for_end(int fd)
{
    char byte;

    while (recv(fd, &byte, 1, 0) > 0)
        ;
}

/* One more header every 50 ms, until the client hangs up. */
static void send_for_ever(int fd)
{
    const char line[] = "X: y\r\n";

    send_all(fd, "HTTP/1.0 200 OK\r\n", 17);
    while (send(fd, line, sizeof line - 1, MSG_NOSIGNAL) > 0)
        usleep(50000);
}

static void hold(
    struct responder *responder, int fd, const OCSP_REQUEST *request)
{
    responder->held.fd = dup(fd);
    responder->held.request = ASN1_item_dup(
        ASN1_ITEM_rptr(OCSP_REQUEST), (const ASN1_VALUE *)request);
    responder->held.answer = responder->answer;
    pthread_cond_signal(&responder->news);
}

static void serve(int fd, struct responder *responder)
{
    const struct answer *answer = &responder->answer;
    OCSP_REQUEST *request = NULL;

    if (answer->hangs_up)
        return;
    request = take_request(fd, responder->port);
    if (answer->silent)
        wait_for_end(fd);
    else if (answer->endless)
        send_for_ever(fd);
    else if (answer->text)
        send_all(fd, answer->text, strlen(answer->text));
    else if (request && answer->held)
        hold(responder, fd, request);
    else if (request)
        send_answer(fd, answer, request);
    OCSP_REQUEST_free(request);
}

static void *run(void *data)
{
    struct responder *responder = data;

    for (;;) {
        int fd = accept4(responder->fd, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0 || atomic_load(&responder->closing)) {
            if (fd >= 0)
                close(fd);
            return NULL;
        }
        atomic_fetch_add(&responder->count, 1);
        pthread_mutex_lock(&responder->mutex);
        serve(fd, responder);
        pthread_mutex_unlock(&responder->mutex);
        close(fd);
    }
}

struct responder *responder_open(const char *host)
{
    struct responder *responder = calloc(1, sizeof *responder);

    assert_non_null(responder);
    assert_int_equal(pthread_mutex_init(&responder->mutex, NULL), 0);
    assert_int_equal(pthread_cond_init(&responder->news, NULL), 0);
    responder->fd = listen_at(host, &responder->port);
    if (responder->fd < 0) {
        free(responder);
        return NULL;
    }
    assert_int_equal(
        pthread_create(&responder->thread, NULL, run, responder), 0);
    return responder;
}

void responder_close(struct responder *responder)
{
    atomic_store(&responder->closing, true);
    shutdown(responder->fd, SHUT_RDWR);
    assert_int_equal(pthread_join(responder->thread, NULL), 0);
    close(responder->fd);
    pthread_cond_destroy(&responder->news);
    pthread_mutex_destroy(&responder->mutex);
    free(responder);
}

void responder_set(struct responder *responder, const struct answer *answer)
{
    pthread_mutex_lock(&responder->mutex);
    responder->answer = *answer;
    pthread_mutex_unlock(&responder->mutex);
}

void responder_wait_until_held(struct responder *responder)
{
    pthread_mutex_lock(&responder->mutex);
    while (!responder->held.request)
        pthread_cond_wait(&responder->news, &responder->mutex);
    pthread_mutex_unlock(&responder->mutex);
}

void responder_let_go(struct responder *responder)
{
    struct held *held = &responder->held;

    pthread_mutex_lock(&responder->mutex);
    send_answer(held->fd, &held->answer, held->request);
    OCSP_REQUEST_free(held->request);
    held->request = NULL;
    close(held->fd);
    pthread_mutex_unlock(&responder->mutex);
}

struct answer responder_good(void)
{
    return (struct answer){
        .key = 1,
        .status = V_OCSP_CERTSTATUS_GOOD,
        .reason = -1,
        .this_update = -3600,
        .next_update = 3600,
    };
}

const char *responder_url(const struct responder *responder)
{
    static char url[64];

    snprintf(
        url, sizeof url, "http://127.0.0.1:%d/", responder_port(responder));
    return url;
}

int responder_port(const struct responder *responder)
{
    return responder->port;
}

int responder_count(const struct responder *responder)
{
    return atomic_load(&responder->count);
}
