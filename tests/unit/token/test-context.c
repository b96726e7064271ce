/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/token/fake.h"
#include "token/readers.h"

/* The context and the list of readers: made whole, or not at all. */

static char conf_path[] = P_tmpdir "/jpki-context-XXXXXX";
/* Counts the allocations; the one of this number fails, 0: none. */
static unsigned allocations, failing;

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);

static bool fails(void)
{
    return ++allocations == failing;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

static void configure(const char *text)
{
    FILE *file = fopen(conf_path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    fake_reset();
    fake.list = FAKE_READER "\0";
    fake.list_len = sizeof FAKE_READER + 1;
    fake.list_claim = (DWORD)fake.list_len;
    failing = allocations = 0;
    configure("");
    return 0;
}

static int make_conf(void **state)
{
    int file = mkstemp(conf_path);

    if (file < 0 || fchmod(file, 0600) != 0)
        return -1;
    close(file);
    return setenv("JPKI_PKCS11_CONF", conf_path, 1);
}

static int remove_conf(void **state)
{
    return unlink(conf_path);
}

/* Makes both and asks for the readers; how many there are. */
static enum tok_err make(size_t *ret_count)
{
    struct reader_state states[READERS_MAX];
    struct context *context = NULL;
    struct readers *readers = NULL;
    size_t count;
    enum tok_err err = context_new(&context);

    *ret_count = 0;
    if (err == TOK_OK)
        err = readers_new(context, &readers);
    if (err == TOK_OK) {
        readers_refresh(readers, states, &count);
        *ret_count = readers_count(readers);
    }
    readers_free(readers);
    context_free(context);
    assert_int_equal(fake.contexts, 0);
    return err;
}

/* TOK_NOMEM, or a reader that is not there yet; nothing is left open. */
static void test_every_allocation_may_fail(void **state)
{
    enum tok_err err;
    size_t count;

    assert_true(context_prepare());
    do {
        allocations = 0;
        failing++;
        err = make(&count);
        assert_true(err == TOK_NOMEM || err == TOK_OK);
    } while (err == TOK_NOMEM || count == 0);
    assert_true(failing > 5);
    assert_true(failing > allocations);
    assert_int_equal(count, 1);
}

static void test_mistake_in_the_configuration(void **state)
{
    size_t count;

    configure("[pin]\nlast_try = perhaps\n");
    assert_int_equal(make(&count), TOK_CONF);
    configure("[policy]\nsign_ca = /nowhere.pem\n");
    assert_int_equal(make(&count), TOK_CONF);
}

/* A reader of an earlier list keeps its place, whether it is there or not. */
static void test_known_readers_come_first(void **state)
{
    static const char other[] = "Other 00\0";
    struct reader_state states[READERS_MAX];
    struct context *context;
    struct readers *readers;
    size_t count;

    assert_int_equal(make(&count), TOK_OK);
    fake.list = other;
    fake.list_len = sizeof other;
    fake.list_claim = (DWORD)fake.list_len;
    assert_int_equal(context_new(&context), TOK_OK);
    assert_int_equal(readers_new(context, &readers), TOK_OK);
    assert_int_equal(readers_count(readers), 1);
    readers_refresh(readers, states, &count);
    assert_int_equal(count, 1);
    assert_int_equal(readers_count(readers), 2);
    assert_string_equal(readers_token(readers, 0)->name, FAKE_READER);
    assert_false(readers_token(readers, 0)->present);
    assert_string_equal(readers_token(readers, 1)->name, "Other 00");
    readers_free(readers);
    context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_allocation_may_fail, setup),
        cmocka_unit_test_setup(test_mistake_in_the_configuration, setup),
        cmocka_unit_test_setup(test_known_readers_come_first, setup),
    };

    return cmocka_run_group_tests(tests, make_conf, remove_conf);
}
