/* SPDX-License-Identifier: Apache-2.0 */
/* Where a responder is, and what happens on the way to it and back. */
#include <netdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "conf/log.h"
#include "crypto/ocsp.h"
#include "tests/unit/crypto/responder.h"

#define CA 1
#define LOG "test-ocsp-net.log"

static struct crypto *crypto;
static struct pki_cert ca, leaf;
static struct responder *responder;

static struct answer good(void)
{
    return (struct answer){
        .key = CA,
        .status = V_OCSP_CERTSTATUS_GOOD,
        .reason = -1,
        .this_update = -3600,
        .next_update = 3600,
    };
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* WHERE has %d for the responder's port, or not; NULL: as WHO says. */
static enum revocation_status ask(
    const char *where, unsigned timeout, const struct pki_cert *who)
{
    char url[256] = "";
    struct revocation revocation;
    struct ocsp *ocsp = NULL;
    const char *port = where ? strstr(where, "PORT") : NULL;

    if (port)
        snprintf(url, sizeof url, "%.*s%d%s", (int)(port - where), where,
            responder_port(responder), port + 4);
    else if (where)
        snprintf(url, sizeof url, "%s", where);
    assert_int_equal(
        ocsp_new(crypto, where ? url : NULL, timeout, &ocsp), CRYPT_OK);
    ocsp_check(ocsp, who->cert, ca.cert, PKI_NOW, &revocation);
    ocsp_free(ocsp);
    return revocation.status;
}

static void finds_the_responder_of_a_url(void **state)
{
    static const struct {
        const char *url;
        enum revocation_status status;
    } cases[] = {
        {"http://127.0.0.1:PORT", REVOCATION_GOOD},
        {"http://127.0.0.1:PORT/", REVOCATION_GOOD},
        {"http://127.0.0.1:PORT/some/path", REVOCATION_GOOD},
        {"http://localhost:PORT/", REVOCATION_GOOD},
        /* Nobody listens there. */
        {"http://127.0.0.1:1/", REVOCATION_UNKNOWN},
    };
    struct answer answer = good();
    size_t i;

    (void)state;
    responder_set(responder, &answer);
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(ask(cases[i].url, 10, &leaf), cases[i].status);
}

/* In the log as well: whoever wrote it is to know. */
static void takes_no_other_url(void **state)
{
    static const char *const urls[] = {"HTTP://127.0.0.1/",
        "https://127.0.0.1/", "ldap://127.0.0.1/", "http://", "http://[::1",
        "http://127.0.0.1:99999/", "http://127.0.0.1:port/",
        "http://127.0.0.1:1:2/", "http://user@/", "http://:8080/", "127.0.0.1",
        ""};
    struct ocsp *ocsp = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_int_equal(ocsp_new(crypto, urls[i], 10, &ocsp), CRYPT_MALFORMED);
    assert_null(ocsp);
    assert_int_equal(ERR_get_error(), 0);
}

static void speaks_ipv6(void **state)
{
    struct responder *other = responder;
    struct answer answer = good();

    (void)state;
    responder = responder_open("::1");
    if (!responder) {
        responder = other;
        skip();
    }
    responder_set(responder, &answer);
    assert_int_equal(ask("http://[::1]:PORT/", 10, &leaf), REVOCATION_GOOD);
    responder_close(responder);
    responder = other;
}

static const char *access_info;

static void add_access_info(X509 *x509)
{
    maker_add_readable(x509, NID_info_access, access_info);
}

static struct pki_cert leaf_with(const char *info)
{
    access_info = info;
    return pki_open(crypto, maker_certificate(&(struct recipe){
                                .key = pki_key(PKI_LEAF_KEY),
                                .signer = pki_key(CA),
                                .authority_key_id = pki_key_id(CA),
                                .change = add_access_info,
                            }));
}

static void finds_the_responder_of_a_certificate(void **state)
{
    static const struct {
        const char *info;
        enum revocation_status status;
    } cases[] = {
        {"OCSP;URI:http://127.0.0.1:%d/", REVOCATION_GOOD},
        {"caIssuers;URI:http://127.0.0.1:1/,OCSP;URI:http://127.0.0.1:%d/",
            REVOCATION_GOOD},
        {"OCSP;URI:https://127.0.0.1:1/,OCSP;URI:http://127.0.0.1:%d/",
            REVOCATION_GOOD},
        {"caIssuers;URI:http://127.0.0.1:%d/", REVOCATION_UNKNOWN},
        {"OCSP;URI:https://127.0.0.1:%d/", REVOCATION_UNKNOWN},
        {"OCSP;email:a%d@b.example", REVOCATION_UNKNOWN},
    };
    struct answer answer = good();
    size_t i;

    (void)state;
    responder_set(responder, &answer);
    assert_int_equal(ask(NULL, 10, &leaf), REVOCATION_UNKNOWN);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = strstr(cases[i].info, "%d");
        char info[256];
        struct pki_cert card;

        snprintf(info, sizeof info, "%.*s%d%s", (int)(at - cases[i].info),
            cases[i].info, responder_port(responder), at + 2);
        card = leaf_with(info);
        assert_int_equal(ask(NULL, 10, &card), cases[i].status);
        pki_close(&card);
    }
}

/* The host's proxies are not ours, nor is where a responder would send us. */
static void goes_nowhere_else(void **state)
{
    struct answer answer = good();
    struct answer after = good();
    char text[256];
    int before = 0;

    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    setenv("HTTP_PROXY", "http://127.0.0.1:1/", 1);
    responder_set(responder, &answer);
    assert_int_equal(ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_GOOD);
    unsetenv("http_proxy");
    unsetenv("HTTP_PROXY");
    snprintf(text, sizeof text,
        "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:%d/\r\n\r\n",
        responder_port(responder));
    answer.text = text;
    responder_set(responder, &answer);
    before = responder_count(responder);
    assert_int_equal(
        ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_UNKNOWN);
    assert_int_equal(responder_count(responder), before + 1);
    responder_set(responder, &after);
}

static void takes_no_garbage(void **state)
{
    static const char *const texts[] = {"", "garbage", "HTTP/1.0 200 OK\r\n",
        "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\ngarbage",
        "HTTP/1.0 200 OK\r\n\r\n0\x03\x01\x02\x03",
        "HTTP/1.0 404 Not Found\r\n\r\n0\x03\x0a\x01\x01",
        "HTTP/1.0 500 Error\r\n\r\n", "\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n0",
        "HTTP/1.0 200 OK\r\n\r\n0\x84\x7f\x7f\x7f\x7f",
        "HTTP/1.0 200 OK\r\nContent-Length: x\r\n\r\n0\x03\x0a\x01\x01",
        "SSH-2.0-OpenSSH\r\n"};
    struct answer answer = good();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        answer.text = texts[i];
        responder_set(responder, &answer);
        assert_int_equal(
            ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_UNKNOWN);
    }
}

/* More than anybody has to read. */
static void takes_only_so_much(void **state)
{
    const size_t size = 4 << 20;
    struct answer answer = good();
    struct answer after = good();
    char *flood = malloc(size);
    size_t i;

    (void)state;
    assert_non_null(flood);
    for (i = 0; i < size; i++)
        flood[i] = "X: y\r\n"[i % 6];
    memcpy(flood, "HTTP/1.0 200 OK\r\nX: ", 20);
    flood[size - 1] = '\0';
    answer.text = flood;
    responder_set(responder, &answer);
    assert_int_equal(
        ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_UNKNOWN);
    memset(flood + 20, 'y', size - 21);
    assert_int_equal(
        ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_UNKNOWN);
    responder_set(responder, &after);
    free(flood);
}

/* How long a question without an answer takes, in seconds. */
static double wait_at(const char *where, unsigned timeout)
{
    double before = seconds();

    assert_int_equal(ask(where, timeout, &leaf), REVOCATION_UNKNOWN);
    return seconds() - before;
}

/*
 * No shorter than the timeout, and not by another one: of a busy machine no
 * more can be said.
 */
static void assert_timeout(const char *what)
{
    double one = wait_at("http://127.0.0.1:PORT/", 1);
    double three = wait_at("http://127.0.0.1:PORT/", 3);

    printf(
        "%s: %.2f s with a timeout of 1 s, %.2f s of 3 s\n", what, one, three);
    assert_true(one >= 0.9);
    assert_true(three >= 2.9);
    assert_true(three - one > 1);
}

static void waits_only_so_long(void **state)
{
    struct answer answer = good();

    (void)state;
    answer.silent = true;
    responder_set(responder, &answer);
    assert_timeout("silent");
    answer.silent = false;
    answer.endless = true;
    responder_set(responder, &answer);
    assert_timeout("endless");
    /* Where nobody is, nobody is waited for. */
    assert_true(wait_at("http://127.0.0.1:1/", 30) < 20);
}

int __real_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *wanted, struct addrinfo **ret_found);
int __wrap_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *wanted, struct addrinfo **ret_found);

static unsigned lookup_milliseconds;

int __wrap_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *wanted, struct addrinfo **ret_found)
{
    usleep(lookup_milliseconds * 1000);
    return __real_getaddrinfo(host, port, wanted, ret_found);
}

/* How many lines the log has that hold TEXT. */
static int logged(const char *text)
{
    FILE *file = fopen(LOG, "r");
    char line[2048];
    int count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        count += strstr(line, text) != NULL;
    fclose(file);
    return count;
}

/* The time limit is not the resolver's: a person has to be able to find out. */
static void test_a_slow_look_up_is_logged(void **state)
{
    struct answer answer = good();

    (void)state;
    responder_set(responder, &answer);
    assert_int_equal(log_open(LOG_LEVEL_WARN, LOG), 0);
    assert_int_equal(ask("http://127.0.0.1:PORT/", 60, &leaf), REVOCATION_GOOD);
    assert_int_equal(logged("looking up"), 0);
    lookup_milliseconds = 1100;
    assert_int_equal(ask("http://127.0.0.1:PORT/", 60, &leaf), REVOCATION_GOOD);
    assert_int_equal(logged("looking up"), 0);
    (void)ask("http://127.0.0.1:PORT/", 1, &leaf);
    lookup_milliseconds = 0;
    assert_int_equal(logged(" warn: ocsp: looking up 127.0.0.1 took "), 1);
    log_close();
    assert_int_equal(remove(LOG), 0);
}

/* SIGPIPE would end this program: nothing here keeps it off. */
static void raises_no_signal(void **state)
{
    struct answer answer = good();
    struct sigaction action;
    sigset_t before;
    sigset_t after;
    int i;

    (void)state;
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_DFL);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &before), 0);
    assert_int_equal(sigismember(&before, SIGPIPE), 0);
    answer.hangs_up = true;
    responder_set(responder, &answer);
    for (i = 0; i < 50; i++)
        assert_int_equal(
            ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_UNKNOWN);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
    for (i = 1; i < SIGRTMAX; i++)
        assert_int_equal(sigismember(&before, i), sigismember(&after, i));
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_DFL);
}

static void do_nothing(int number)
{
    (void)number;
}

static pthread_t main_thread;
static volatile bool disturbing;

static void *disturb(void *data)
{
    const struct timespec pause = {0, 10000000};

    while (disturbing) {
        pthread_kill(main_thread, SIGUSR1);
        nanosleep(&pause, NULL);
    }
    return data;
}

/* Signals of the host's interrupt nothing, and put nothing off. */
static void lives_with_the_host_s_signals(void **state)
{
    struct sigaction action = {.sa_handler = do_nothing};
    struct answer answer = good();
    pthread_t thread;

    (void)state;
    main_thread = pthread_self();
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    disturbing = true;
    assert_int_equal(pthread_create(&thread, NULL, disturb, NULL), 0);
    answer.silent = true;
    responder_set(responder, &answer);
    assert_timeout("disturbed");
    answer.silent = false;
    responder_set(responder, &answer);
    assert_int_equal(ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_GOOD);
    disturbing = false;
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void *ask_often(void *data)
{
    struct ocsp *ocsp = data;
    int i;

    for (i = 0; i < 20; i++) {
        struct revocation revocation;

        ocsp_check(ocsp, leaf.cert, ca.cert, PKI_NOW + i * 3600, &revocation);
        /* The answer holds at the first two of these hours. */
        if (revocation.status != (i < 2 ? REVOCATION_GOOD : REVOCATION_UNKNOWN))
            return NULL;
    }
    return data;
}

static void threads_may_all_ask(void **state)
{
    struct answer answer = good();
    struct ocsp *ocsp = NULL;
    pthread_t threads[4];
    char url[64];
    size_t i;

    (void)state;
    responder_set(responder, &answer);
    snprintf(
        url, sizeof url, "http://127.0.0.1:%d/", responder_port(responder));
    assert_int_equal(ocsp_new(crypto, url, 30, &ocsp), CRYPT_OK);
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, ocsp), 0);
    for (i = 0; i < 4; i++) {
        void *result = NULL;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, ocsp);
    }
    ocsp_free(ocsp);
}

static int set_up(void **state)
{
    (void)state;
    if (crypto_new(&crypto) != CRYPT_OK)
        return -1;
    ca = pki_ca(crypto, CA);
    leaf = pki_leaf(crypto, CA, "01E240", NULL);
    responder = responder_open("127.0.0.1");
    return responder ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    responder_close(responder);
    pki_close(&leaf);
    pki_close(&ca);
    pki_free_keys();
    crypto_free(crypto);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_responder_of_a_url),
        cmocka_unit_test(takes_no_other_url),
        cmocka_unit_test(speaks_ipv6),
        cmocka_unit_test(finds_the_responder_of_a_certificate),
        cmocka_unit_test(goes_nowhere_else),
        cmocka_unit_test(takes_no_garbage),
        cmocka_unit_test(takes_only_so_much),
        cmocka_unit_test(waits_only_so_long),
        cmocka_unit_test(test_a_slow_look_up_is_logged),
        cmocka_unit_test(raises_no_signal),
        cmocka_unit_test(lives_with_the_host_s_signals),
        cmocka_unit_test(threads_may_all_ask),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
