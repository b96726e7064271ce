/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host program may rely on: its OpenSSL configuration is left to it,
 * its error queue is as it was, and its threads may all come at once.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include "tests/unit/crypto/sample.h"

/* Of the host, that are sure to stay: OpenSSL 3.5 raises 8 for one key. */
#define ERRORS_MAX 7

static char config_path[] = "test-crypto-host-XXXXXX";

/* All that the folder can do, well and badly. */
static void do_everything(void)
{
    struct sample sample;
    struct cert *cert = NULL;

    sample_open(&sample);
    assert_int_equal(sample_verify(&sample), CRYPT_OK);
    sample.sig[7] ^= 0x10;
    assert_int_equal(sample_verify(&sample), CRYPT_MISMATCH);
    assert_true(cert_is_signed_by(sample.cert, sample.cert));
    assert_int_equal(
        cert_parse(sample.crypto, sample.made.der, sample.made.len - 1, &cert),
        CRYPT_MALFORMED);
    sample_close(&sample);
}

static bool was_opened(int watch)
{
    char events[4096];
    ssize_t len = read(watch, events, sizeof events);

    assert_true(len > 0 || errno == EAGAIN);
    return len > 0;
}

/*
 * Runs first, for OpenSSL reads its configuration once in a process: when it is
 * told to, and not in the middle of something else.
 */
static void test_configuration_is_read_when_told(void **state)
{
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    assert_true(watch >= 0);
    assert_true(inotify_add_watch(watch, config_path, IN_OPEN) >= 0);
    assert_false(was_opened(watch));
    crypto_prepare();
    assert_true(was_opened(watch));
    do_everything();
    crypto_prepare();
    assert_false(was_opened(watch));
    close(watch);
}

/* The file is nonsense, and by now the default context has seen it. */
static void test_broken_configuration_does_no_harm(void **state)
{
    do_everything();
    ERR_clear_error();
}

static void push_errors(int count)
{
    int i;

    for (i = 0; i < count; i++)
        ERR_raise_data(ERR_LIB_USER, i + 1, "entry %d", i + 1);
}

static void assert_errors(int count)
{
    int i;

    for (i = 0; i < count; i++) {
        const char *text = NULL;
        char wanted[32];
        unsigned long code = ERR_get_error_all(NULL, NULL, NULL, &text, NULL);

        snprintf(wanted, sizeof wanted, "entry %d", i + 1);
        assert_int_equal(ERR_GET_LIB(code), ERR_LIB_USER);
        assert_int_equal(ERR_GET_REASON(code), i + 1);
        assert_string_equal(text, wanted);
    }
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_error_queue_is_as_it_was(void **state)
{
    int count;

    for (count = 0; count <= ERRORS_MAX; count++) {
        ERR_clear_error();
        push_errors(count);
        do_everything();
        assert_errors(count);
    }
}

static void test_marks_of_the_host_stay(void **state)
{
    ERR_clear_error();
    push_errors(2);
    assert_int_equal(ERR_set_mark(), 1);
    ERR_raise(ERR_LIB_USER, 99);
    do_everything();
    assert_int_equal(ERR_GET_REASON(ERR_peek_last_error()), 99);
    assert_int_equal(ERR_pop_to_mark(), 1);
    assert_errors(2);
}

static void *use_sample(void *argument)
{
    struct sample *sample = argument;
    size_t failures = 0;
    int i;

    for (i = 0; i < 100; i++) {
        uint8_t hash[DIGEST_MAX];
        size_t len = 0;

        if (sample_verify(sample) != CRYPT_OK ||
            !cert_is_signed_by(sample->cert, sample->cert) ||
            digest_once(sample->crypto, DIGEST_SHA512, sample->sig, 256, hash,
                &len) != CRYPT_OK)
            failures++;
    }
    return failures == 0 ? sample : NULL;
}

static void test_threads_share_context_and_certificate(void **state)
{
    pthread_t threads[8];
    struct sample sample;
    size_t i;

    sample_open(&sample);
    for (i = 0; i < 8; i++) {
        assert_int_equal(
            pthread_create(&threads[i], NULL, use_sample, &sample), 0);
    }
    for (i = 0; i < 8; i++) {
        void *result = NULL;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &sample);
    }
    sample_close(&sample);
}

static void test_contexts_come_and_go(void **state)
{
    int i;

    for (i = 0; i < 200; i++) {
        struct crypto *crypto = NULL;

        assert_int_equal(crypto_new(&crypto), CRYPT_OK);
        crypto_free(crypto);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_configuration_is_read_when_told),
        cmocka_unit_test(test_broken_configuration_does_no_harm),
        cmocka_unit_test(test_error_queue_is_as_it_was),
        cmocka_unit_test(test_marks_of_the_host_stay),
        cmocka_unit_test(test_threads_share_context_and_certificate),
        cmocka_unit_test(test_contexts_come_and_go),
    };
    int config = mkstemp(config_path);
    int failed = 1;

    if (config >= 0 && write(config, "[]]\x01 = = nonsense\n", 17) == 17 &&
        setenv("OPENSSL_CONF", config_path, 1) == 0)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(config_path);
    return failed;
}
