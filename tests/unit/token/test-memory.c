/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/unit/token/fixture.h"
#include "token/card/card.h"
#include "token/card/monitor.h"
#include "token/card/pin.h"

/* No memory: an error each time, nothing lost, nothing left open. */

static bool no_calloc, no_malloc, no_mmap;

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__real_mmap(void *address, size_t size, int protection, int flags,
    int file, off_t offset);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_mmap(void *address, size_t size, int protection, int flags,
    int file, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags,
    int file, off_t offset);

void *__wrap_calloc(size_t count, size_t size)
{
    return no_calloc ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
    return no_malloc ? NULL : __real_malloc(size);
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags,
    int file, off_t offset)
{
    if (no_mmap) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return __real_mmap(address, size, protection, flags, file, offset);
}

/* What mmap is called where files have 64 bits. */
void *__wrap_mmap64(void *address, size_t size, int protection, int flags,
    int file, off_t offset)
{
    return __wrap_mmap(address, size, protection, flags, file, offset);
}

static int setup(void **state)
{
    fake_reset();
    no_calloc = no_malloc = no_mmap = false;
    return 0;
}

static void test_makes_nothing_without_memory(void **state)
{
    struct monitor *monitor = NULL;
    struct pin_page *page = NULL;
    enum tok_err errs[4];

    no_calloc = true;
    errs[0] = card_new(FAKE_READER, &card);
    errs[1] = monitor_new(&monitor);
    errs[2] = pin_page_new(&page);
    no_calloc = false;
    no_mmap = true;
    errs[3] = pin_page_new(&page);
    no_mmap = false;
    assert_int_equal(errs[0], TOK_NOMEM);
    assert_int_equal(errs[1], TOK_NOMEM);
    assert_int_equal(errs[2], TOK_NOMEM);
    assert_int_equal(errs[3], TOK_NOMEM);
    assert_null(card);
    assert_null(monitor);
    assert_null(page);
}

static void test_null_may_be_freed(void **state)
{
    card_free(NULL);
    monitor_free(NULL);
    pin_page_free(NULL);
    fake_saw("");
}

static void test_states_are_asked_again_when_there_is_memory(void **state)
{
    struct monitor *monitor = NULL;
    struct reader_state states;
    size_t count;
    enum tok_err err;

    assert_int_equal(monitor_new(&monitor), TOK_OK);
    no_malloc = true;
    err = get_states(monitor, &states, 1, &count);
    no_malloc = false;
    assert_int_equal(err, TOK_NOMEM);
    assert_int_equal(count, 0);
    assert_int_equal(get_states(monitor, &states, 1, &count), TOK_OK);
    assert_int_equal(count, 1);
    monitor_free(monitor);
    assert_int_equal(fake.contexts, 0);
}

static void test_begins_again_when_pcscd_has_memory(void **state)
{

    assert_int_equal(card_new(FAKE_READER, &card), TOK_OK);
    card_expect(card, 7);
    fake_fail(FAKE_ESTABLISH, 0, 1, SCARD_E_NO_MEMORY);
    assert_int_equal(card_begin(card), TOK_NOMEM);
    fake_expect(C_JPKI, "9000");
    assert_int_equal(card_begin(card), TOK_OK);
    card_end(card);
    card_free(card);
    assert_int_equal(fake.contexts, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_makes_nothing_without_memory, setup),
        cmocka_unit_test_setup(test_null_may_be_freed, setup),
        cmocka_unit_test_setup(
            test_states_are_asked_again_when_there_is_memory, setup),
        cmocka_unit_test_setup(test_begins_again_when_pcscd_has_memory, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
