/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/module/policy.h"

/*
 * While a responder is asked, which may take as long as ocsp_timeout, no other
 * call waits. The responders here take a connection and say nothing; right and
 * wrong answers are tested with real ones.
 */

#define LONG "10" /* seconds: no test comes near */

/* A port on loopback that is ours; connections are refused until it listens. */
static struct {
    int fd, port;
} responder = {-1, 0};

static void hang_up(void)
{
    if (responder.fd >= 0)
        (void)close(responder.fd);
    responder.fd = -1;
}

static void take_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    responder.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(responder.fd >= 0);
    assert_int_equal(
        bind(responder.fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(
        getsockname(responder.fd, (struct sockaddr *)&at, &len), 0);
    responder.port = ntohs(at.sin_port);
}

static void listen_to_port(void)
{
    assert_int_equal(listen(responder.fd, 4), 0);
}

static struct fixture open_fixture_with(
    const char *revocation, const char *timeout)
{
    char conf[256];

    take_port();
    (void)snprintf(conf, sizeof conf,
        "[policy]\nrevocation = %s\nocsp = http://127.0.0.1:%d/\n"
        "ocsp_timeout = %s\n",
        revocation, responder.port, timeout);
    return open_fixture("adult", conf);
}

/* C_SignInit in a thread of its own; no cmocka there. */
struct question {
    pthread_t thread;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    CK_RV rv;
    atomic_bool answered;
    int connection; /* of the responder */
};

static void *ask(void *arg)
{
    struct question *question = arg;
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};

    question->rv =
        functions()->C_SignInit(question->session, &mechanism, question->key);
    question->answered = true;
    return NULL;
}

/* Returns when the module has connected, and waits. */
static struct question *begin_to_ask(const struct fixture *fixture)
{
    static struct question question;
    struct pollfd waiting = {.fd = responder.fd, .events = POLLIN};

    question.session = fixture->session;
    question.key = signing_key(fixture);
    question.rv = CKR_GENERAL_ERROR;
    question.answered = false;
    listen_to_port();
    assert_int_equal(pthread_create(&question.thread, NULL, ask, &question), 0);
    assert_int_equal(poll(&waiting, 1, 20000), 1);
    question.connection = accept(responder.fd, NULL, NULL);
    assert_true(question.connection >= 0);
    return &question;
}

/* The responder goes away without an answer, for which the module still waits.
 */
static CK_RV end_asking(struct question *question)
{
    assert_false(question->answered);
    hang_up();
    (void)close(question->connection);
    assert_int_equal(pthread_join(question->thread, NULL), 0);
    return question->rv;
}

static void test_no_other_call_waits(void **state)
{
    struct fixture fixture = open_fixture_with("if-available", LONG);
    CK_SESSION_HANDLE auth = open_session(AUTH);
    CK_SESSION_HANDLE other = open_session(SIGN);
    struct question *question;
    CK_SESSION_INFO session;
    CK_TOKEN_INFO token;
    uint8_t sig[SIGNATURE_SIZE], cert[4096];

    (void)state;
    assert_int_equal(login(auth, CKU_USER, AUTH_PIN), CKR_OK);
    question = begin_to_ask(&fixture);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &token);
    EXPECT(CKR_OK, C_GetTokenInfo, SIGN, &token);
    EXPECT(CKR_OK, C_GetSessionInfo, other, &session);
    attribute(other, find_object(other, CKO_CERTIFICATE), CKA_VALUE, cert,
        sizeof cert);
    assert_int_equal(sign_with(auth, find_object(auth, CKO_PRIVATE_KEY),
                         CKM_SHA256_RSA_PKCS, "data", 4, sig),
        CKR_OK);
    assert_int_equal(end_asking(question), CKR_OK);
    assert_int_equal(sign(&fixture, sig), CKR_OK);
    expect_status(&fixture, "allowed");
    assert_says(status_text(fixture.session), "\"revocation\":\"unknown\"");
}

static void test_no_answer_is_no_permission_where_one_is_wanted(void **state)
{
    struct fixture fixture = open_fixture_with("require", LONG);

    (void)state;
    assert_int_equal(
        end_asking(begin_to_ask(&fixture)), CKR_KEY_FUNCTION_NOT_PERMITTED);
    expect_verdict(&fixture, "revocation-unknown");
}

/*
 * The card may be gone when the answer comes. Where no call has seen yet that
 * it was exchanged, C_Sign does.
 */
static void test_the_card_goes_meanwhile(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    struct question *question;
    CK_SLOT_INFO info;
    struct fixture fixture;
    CK_RV rv;
    int seen;

    for (seen = 0; seen < 2; seen++) {
        fixture = open_fixture_with("if-available", LONG);
        question = begin_to_ask(&fixture);
        vcontrol_remove(fixture.reader);
        insert(fixture.reader, "adult");
        if (seen)
            EXPECT(CKR_OK, C_GetSlotInfo, SIGN, &info);
        rv = end_asking(question);
        if (seen)
            assert_int_equal(rv, CKR_SESSION_HANDLE_INVALID);
        else if (rv == CKR_OK)
            assert_int_not_equal(sign(&fixture, sig), CKR_OK);
        assert_int_equal(ledger(fixture.reader).verifies[SIGN], 0);
        end_test(state);
    }
}

static void test_the_session_goes_meanwhile(void **state)
{
    struct fixture fixture = open_fixture_with("if-available", LONG);
    struct question *question = begin_to_ask(&fixture);

    (void)state;
    EXPECT(CKR_OK, C_CloseSession, fixture.session);
    assert_int_equal(end_asking(question), CKR_SESSION_HANDLE_INVALID);
}

static void test_the_log_in_goes_meanwhile(void **state)
{
    struct fixture fixture = open_fixture_with("if-available", LONG);
    struct question *question = begin_to_ask(&fixture);

    (void)state;
    EXPECT(CKR_OK, C_Logout, fixture.session);
    assert_int_equal(end_asking(question), CKR_KEY_HANDLE_INVALID);
}

/*
 * A list comes while the responder keeps one session waiting, and a second one
 * reads there that the certificate is revoked: then neither signs.
 */
static void test_what_another_session_heard(void **state)
{
    static const struct list moved = {MOVED, "adult", 3, -1, 1};
    char conf[2 * PATH_SIZE];
    struct question *question;
    struct fixture fixture, other;

    (void)state;
    take_port();
    (void)snprintf(conf, sizeof conf,
        "[policy]\nocsp = http://127.0.0.1:%d/\nocsp_timeout = " LONG
        "\ncrl = %s\n",
        responder.port, scratch(""));
    fixture = open_fixture("adult", conf);
    other = fixture;
    other.session = open_session(SIGN);
    question = begin_to_ask(&fixture);
    write_list(&moved, "adult", "list.crl");
    expect_verdict(&other, "revoked");
    assert_int_equal(end_asking(question), CKR_KEY_FUNCTION_NOT_PERMITTED);
    expect_verdict(&fixture, "revoked");
}

/* No responder to ask, which is less policy than was configured. */
static void test_a_url_without_a_host(void **state)
{
    static const char *const urls[] = {"http://[::1", "http://a:99999/",
        "http://a:b/", "http://user@/", "http://a:1:2/"};
    char conf[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof urls / sizeof *urls; i++) {
        (void)snprintf(conf, sizeof conf, "[policy]\nocsp = %s\n", urls[i]);
        configure(conf);
        EXPECT(CKR_FUNCTION_FAILED, C_Initialize, NULL);
    }
    configure(NULL);
    EXPECT(CKR_OK, C_Initialize, NULL);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int tear_down(void **state)
{
    hang_up();
    empty_scratch();
    return end_test(state);
}

/* By a responder that is there and never says a word. */
static void test_how_long_it_takes(void **state)
{
    static const char *const timeouts[] = {"1", "4"};
    int64_t took[2], begun;
    struct fixture fixture;
    size_t i;

    for (i = 0; i < 2; i++) {
        fixture = open_fixture_with("if-available", timeouts[i]);
        listen_to_port();
        begun = now_ms();
        assert_int_equal(sign_init(&fixture), CKR_OK);
        took[i] = now_ms() - begun;
        print_message("C_SignInit with a silent responder and ocsp_timeout = "
                      "%s: %d ms\n",
            timeouts[i], (int)took[i]);
        tear_down(state);
    }
    assert_true(took[0] >= 900);
    assert_true(took[1] >= 3900);
    assert_true(took[1] - took[0] > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_no_other_call_waits, tear_down),
        cmocka_unit_test_teardown(
            test_no_answer_is_no_permission_where_one_is_wanted, tear_down),
        cmocka_unit_test_teardown(test_the_card_goes_meanwhile, tear_down),
        cmocka_unit_test_teardown(test_the_session_goes_meanwhile, tear_down),
        cmocka_unit_test_teardown(test_the_log_in_goes_meanwhile, tear_down),
        cmocka_unit_test_teardown(test_what_another_session_heard, tear_down),
        cmocka_unit_test_teardown(test_a_url_without_a_host, tear_down),
        cmocka_unit_test_teardown(test_how_long_it_takes, tear_down),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}
