/* SPDX-License-Identifier: Apache-2.0 */
/* Where a responder is, and what happens on the way to it and back. */
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "crypto/ocsp.h"
#include "tests/unit/crypto/fixture.h"
#include "tests/unit/crypto/responder.h"

static struct pki_cert leaf;
static struct responder *responder;

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

static void test_finds_the_responder_of_a_url(void **state)
{
    static const struct {
        const char *url;
        enum revocation_status status;
    } cases[] = {
        {"http://127.0.0.1:PORT", REVOCATION_GOOD},
        {"http://127.0.0.1:PORT/", REVOCATION_GOOD},
        {"http://127.0.0.1:PORT/some/path", REVOCATION_GOOD},
        /* A port without a listener. */
        {"http://127.0.0.1:1/", REVOCATION_UNKNOWN},
    };
    struct answer answer = responder_good();
    size_t i;

    responder_set(responder, &answer);
    for (i = 0; i < COUNT(cases); i++)
        assert_int_equal(ask(cases[i].url, 10, &leaf), cases[i].status);
}

/* Where it has an address, which not every system says. */
static void test_looks_up_a_name(void **state)
{
    struct answer answer = responder_good();
    struct addrinfo *addresses = NULL;

    if (getaddrinfo("localhost", NULL, NULL, &addresses) != 0)
        skip();
    freeaddrinfo(addresses);
    responder_set(responder, &answer);
    assert_int_equal(ask("http://localhost:PORT/", 10, &leaf), REVOCATION_GOOD);
}

/* And the log says so. */
static void test_takes_no_other_url(void **state)
{
    static const char *const urls[] = {"HTTP://127.0.0.1/",
        "https://127.0.0.1/", "ldap://127.0.0.1/", "http://", "http://[::1",
        "http://127.0.0.1:99999/", "http://127.0.0.1:port/",
        "http://127.0.0.1:1:2/", "http://user@/", "http://:8080/", "127.0.0.1",
        ""};
    struct ocsp *ocsp = NULL;
    size_t i;

    for (i = 0; i < COUNT(urls); i++)
        assert_int_equal(ocsp_new(crypto, urls[i], 10, &ocsp), CRYPT_MALFORMED);
    assert_null(ocsp);
    assert_int_equal(ERR_get_error(), 0);
}

static void test_speaks_ipv6(void **state)
{
    struct responder *other = responder;
    struct answer answer = responder_good();

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

static void test_finds_the_responder_of_a_certificate(void **state)
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
    struct answer answer = responder_good();
    size_t i;

    responder_set(responder, &answer);
    assert_int_equal(ask(NULL, 10, &leaf), REVOCATION_UNKNOWN);
    for (i = 0; i < COUNT(cases); i++) {
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
static void test_goes_nowhere_else(void **state)
{
    struct answer answer = responder_good();
    struct answer after = responder_good();
    char text[256];
    int before = 0;

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

static void test_takes_no_garbage(void **state)
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
    struct answer answer = responder_good();
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        answer.text = texts[i];
        responder_set(responder, &answer);
        assert_int_equal(
            ask("http://127.0.0.1:PORT/", 10, &leaf), REVOCATION_UNKNOWN);
    }
}

/* More than a client has to read. */
static void test_takes_only_so_much(void **state)
{
    const size_t size = 4 << 20;
    struct answer answer = responder_good();
    struct answer after = responder_good();
    char *flood = malloc(size);
    size_t i;

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

static void test_waits_only_so_long(void **state)
{
    struct answer answer = responder_good();

    answer.silent = true;
    responder_set(responder, &answer);
    assert_timeout("silent");
    answer.silent = false;
    answer.endless = true;
    responder_set(responder, &answer);
    assert_timeout("endless");
    /* A refused connection is not waited for. */
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

/* The time limit is not the resolver's: a person has to be able to find out. */
static void test_a_slow_lookup_is_logged(void **state)
{
    struct answer answer = responder_good();

    responder_set(responder, &answer);
    assert_int_equal(ask("http://127.0.0.1:PORT/", 60, &leaf), REVOCATION_GOOD);
    assert_int_equal(fixture_logged("looking up"), 0);
    lookup_milliseconds = 1100;
    assert_int_equal(ask("http://127.0.0.1:PORT/", 60, &leaf), REVOCATION_GOOD);
    assert_int_equal(fixture_logged("looking up"), 0);
    (void)ask("http://127.0.0.1:PORT/", 1, &leaf);
    lookup_milliseconds = 0;
    assert_int_equal(
        fixture_logged(" warn: ocsp: looking up 127.0.0.1 took "), 1);
}

/* SIGPIPE would end this program: nothing here keeps it off. */
static void test_raises_no_signal(void **state)
{
    struct answer answer = responder_good();
    struct sigaction action;
    sigset_t before;
    sigset_t after;
    int i;

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
static void test_host_signals_interrupt_nothing(void **state)
{
    struct sigaction action = {.sa_handler = do_nothing};
    struct answer answer = responder_good();
    pthread_t thread;

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

static void test_threads_may_all_ask(void **state)
{
    struct answer answer = responder_good();
    struct ocsp *ocsp = NULL;
    pthread_t threads[4];
    size_t i;

    responder_set(responder, &answer);
    assert_int_equal(
        ocsp_new(crypto, responder_url(responder), 30, &ocsp), CRYPT_OK);
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
    if (fixture_open(state) != 0)
        return -1;
    leaf = pki_leaf(crypto, CA, SERIAL, NULL);
    responder = responder_open("127.0.0.1");
    return responder ? 0 : -1;
}

static int tear_down(void **state)
{
    responder_close(responder);
    return fixture_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_responder_of_a_url),
        cmocka_unit_test(test_looks_up_a_name),
        cmocka_unit_test(test_takes_no_other_url),
        cmocka_unit_test(test_speaks_ipv6),
        cmocka_unit_test(test_finds_the_responder_of_a_certificate),
        cmocka_unit_test(test_goes_nowhere_else),
        cmocka_unit_test(test_takes_no_garbage),
        cmocka_unit_test(test_takes_only_so_much),
        cmocka_unit_test(test_waits_only_so_long),
        cmocka_unit_test(test_a_slow_lookup_is_logged),
        cmocka_unit_test(test_raises_no_signal),
        cmocka_unit_test(test_host_signals_interrupt_nothing),
        cmocka_unit_test(test_threads_may_all_ask),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
