/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/token/fake.h"
#include "token/card/pin.h"

/* The form of PINs, and the page they live in. */

static struct pin_page *page;

/* What the page asked of the kernel, and whether it gets it. */
static struct {
    bool refuse, no_memory;
    bool locked, not_dumped, wiped_on_fork;
    void *mapped;
    size_t size;
    bool was_zero; /* when it was unmapped */
} kernel;

int __real_mlock(const void *address, size_t size);
int __real_madvise(void *address, size_t size, int advice);
int __real_munmap(void *address, size_t size);
int __wrap_mlock(const void *address, size_t size);
int __wrap_madvise(void *address, size_t size, int advice);
void *__real_mmap(
    void *address, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(
    void *address, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(
    void *address, size_t size, int prot, int flags, int fd, off_t offset);
int __wrap_munmap(void *address, size_t size);

void *__wrap_mmap(
    void *address, size_t size, int prot, int flags, int fd, off_t offset)
{
    if (kernel.no_memory)
        return MAP_FAILED;
    return __real_mmap(address, size, prot, flags, fd, offset);
}

void *__wrap_mmap64(
    void *address, size_t size, int prot, int flags, int fd, off_t offset)
{
    return __wrap_mmap(address, size, prot, flags, fd, offset);
}

int __wrap_mlock(const void *address, size_t size)
{
    if (kernel.refuse) {
        errno = ENOMEM;
        return -1;
    }
    kernel.locked = true;
    /* The page must be usable without, where the limit does not allow it. */
    (void)__real_mlock(address, size);
    return 0;
}

int __wrap_madvise(void *address, size_t size, int advice)
{
    if (kernel.refuse) {
        errno = EINVAL;
        return -1;
    }
    kernel.not_dumped |= advice == MADV_DONTDUMP;
    kernel.wiped_on_fork |= advice == MADV_WIPEONFORK;
    kernel.mapped = address;
    kernel.size = size;
    return __real_madvise(address, size, advice);
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (bytes[i])
            return false;
    return true;
}

int __wrap_munmap(void *address, size_t size)
{
    if (address == kernel.mapped)
        kernel.was_zero = is_zero(address, size);
    return __real_munmap(address, size);
}

static int setup(void **state)
{
    fake_reset();
    memset(&kernel, 0, sizeof kernel);
    return pin_page_new(&page) == TOK_OK ? 0 : -1;
}

static int teardown(void **state)
{
    pin_page_free(page);
    page = NULL;
    return 0;
}

static enum tok_err try_pin(
    enum jpki_role_id id, const char *text, size_t len, bool fold)
{
    struct pin *pin = NULL;
    enum tok_err err =
        pin_new(page, jpki_role(id), (const uint8_t *)text, len, fold, &pin);

    assert_int_equal(err == TOK_OK, pin != NULL);
    pin_free(pin);
    return err;
}

static struct pin *make_pin(enum jpki_role_id id, const char *text)
{
    struct pin *pin = NULL;

    assert_int_equal(pin_new(page, jpki_role(id), (const uint8_t *)text,
                         strlen(text), true, &pin),
        TOK_OK);
    return pin;
}

static bool is_upper(int c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(int c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void test_characters_of_each_role(void **state)
{
    size_t at;
    int c;

    for (c = 0; c < 256; c++) {
        for (at = 0; at < 4; at++) {
            char text[] = "1234";

            text[at] = (char)c;
            assert_int_equal(try_pin(JPKI_AUTH, text, 4, false),
                is_digit(c) ? TOK_OK : TOK_PIN_FORM);
            assert_int_equal(try_pin(JPKI_AUTH, text, 4, true),
                is_digit(c) ? TOK_OK : TOK_PIN_FORM);
        }
        for (at = 0; at < 16; at++) {
            char text[] = "ABCDEFGH12345678";
            bool good = is_digit(c) || is_upper(c);

            text[at] = (char)c;
            assert_int_equal(try_pin(JPKI_SIGN, text, 16, false),
                good ? TOK_OK : TOK_PIN_FORM);
            assert_int_equal(try_pin(JPKI_SIGN, text, 16, true),
                good || is_lower(c) ? TOK_OK : TOK_PIN_FORM);
        }
    }
}

static void test_lengths_of_each_role(void **state)
{
    const char *digits = "123456789012345678";
    size_t len;

    for (len = 0; len <= 18; len++) {
        assert_int_equal(try_pin(JPKI_AUTH, digits, len, true),
            len == 4 ? TOK_OK : TOK_PIN_FORM);
        assert_int_equal(try_pin(JPKI_SIGN, digits, len, true),
            len >= 6 && len <= 16 ? TOK_OK : TOK_PIN_FORM);
    }
    assert_int_equal(
        try_pin(JPKI_SIGN, digits, (size_t)-1, true), TOK_PIN_FORM);
    assert_int_equal(try_pin(JPKI_SIGN, digits, 256 + 6, true), TOK_PIN_FORM);
    for (len = 0; len <= 18; len++) {
        assert_int_equal(try_pin(JPKI_AUTH, NULL, len, true), TOK_PIN_FORM);
        assert_int_equal(try_pin(JPKI_SIGN, NULL, len, true), TOK_PIN_FORM);
    }
}

static void test_the_command_is_built_in_the_page(void **state)
{
    static const uint8_t header[] = {0x00, 0x24, 0x01, 0x80};
    struct pin *pin = make_pin(JPKI_SIGN, "aBc9xyZ");
    const uint8_t *bytes;
    size_t len = 0;

    bytes = pin_command(pin, header, &len);
    assert_int_equal(len, 12);
    assert_memory_equal(bytes,
        "\x00\x24\x01\x80\x07"
        "ABC9XYZ",
        12);
    assert_in_range((uintptr_t)bytes, (uintptr_t)kernel.mapped,
        (uintptr_t)kernel.mapped + kernel.size - len);
    bytes = pin_text(pin, &len);
    assert_int_equal(len, 7);
    assert_memory_equal(bytes, "ABC9XYZ", 7);
    pin_free(pin);
}

static bool page_holds(const char *text)
{
    return memmem(kernel.mapped, kernel.size, text, strlen(text)) != NULL;
}

static void test_wipes_a_pin_that_is_given_back(void **state)
{
    struct pin *pin = make_pin(JPKI_SIGN, "SECRET99");

    assert_true(page_holds("SECRET99"));
    pin_free(pin);
    assert_false(page_holds("SECRET99"));
    assert_int_equal(try_pin(JPKI_SIGN, "SECRET9*", 8, true), TOK_PIN_FORM);
    assert_false(page_holds("SECRET9"));
    pin_free(NULL);
}

static void test_asks_the_kernel_for_protection(void **state)
{
    assert_true(kernel.locked);
    assert_true(kernel.not_dumped);
    assert_true(kernel.wiped_on_fork);
    assert_int_equal(kernel.size, sysconf(_SC_PAGESIZE));
    assert_string_equal(fake_log(), "");
}

static void test_works_without_protection(void **state)
{
    struct pin_page *plain = NULL;
    struct pin *pin = NULL;

    kernel.refuse = true;
    assert_int_equal(pin_page_new(&plain), TOK_OK);
    assert_non_null(strstr(fake_log(), "warn"));
    assert_int_equal(pin_new(plain, jpki_role(JPKI_AUTH),
                         (const uint8_t *)"1234", 4, true, &pin),
        TOK_OK);
    pin_free(pin);
    pin_page_free(plain);
}

static void test_the_page_is_zero_when_it_is_unmapped(void **state)
{
    (void)make_pin(JPKI_AUTH, "1234");
    assert_false(is_zero(kernel.mapped, kernel.size));
    pin_page_free(page);
    page = NULL;
    assert_true(kernel.was_zero);
    pin_page_free(NULL);
}

static void test_the_page_is_zero_in_a_forked_child(void **state)
{
    struct pin *pin = make_pin(JPKI_AUTH, "1234");
    pid_t child;
    int status = -1;

    child = fork();
    if (child == 0)
        _exit(is_zero(kernel.mapped, kernel.size) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(page_holds("1234"));
    pin_free(pin);
}

static void test_the_page_grows_when_it_is_full(void **state)
{
    static struct pin *pins[4096];
    size_t i;

    for (i = 0; i < COUNT(pins); i++)
        pins[i] = make_pin(JPKI_AUTH, "1234");
    assert_true(kernel.locked);
    assert_int_equal(try_pin(JPKI_AUTH, "12345", 5, true), TOK_PIN_FORM);
    for (i = 0; i < COUNT(pins); i++)
        pin_free(pins[i]);
}

static void test_no_memory_is_an_error(void **state)
{
    static struct pin *pins[4096];
    size_t count = 0, i;
    enum tok_err err = TOK_OK;

    kernel.no_memory = true;
    while (err == TOK_OK) {
        assert_true(count < COUNT(pins));
        err = pin_new(page, jpki_role(JPKI_AUTH), (const uint8_t *)"1234", 4,
            true, &pins[count]);
        count += err == TOK_OK;
    }
    assert_int_equal(err, TOK_NOMEM);
    pin_free(pins[0]);
    pin_free(make_pin(JPKI_AUTH, "1234"));
    for (i = 1; i < count; i++)
        pin_free(pins[i]);
}

static void test_pins_do_not_overlap(void **state)
{
    struct pin *one = make_pin(JPKI_AUTH, "1111");
    struct pin *two = make_pin(JPKI_SIGN, "ABCDEFGH12345678");
    const uint8_t *bytes;
    size_t len;

    bytes = pin_text(one, &len);
    assert_int_equal(len, 4);
    assert_memory_equal(bytes, "1111", 4);
    pin_free(one);
    bytes = pin_text(two, &len);
    assert_int_equal(len, 16);
    assert_memory_equal(bytes, "ABCDEFGH12345678", 16);
    pin_free(two);
}

static void test_equal_pins(void **state)
{
    static const char *const texts[] = {
        "ABC123", "ABC124", "BBC123", "ABC1234", "ABCDEFGH12345678"};
    size_t i, j;

    for (i = 0; i < COUNT(texts); i++) {
        for (j = 0; j < COUNT(texts); j++) {
            struct pin *pin = make_pin(JPKI_SIGN, texts[i]);
            struct pin *other = make_pin(JPKI_SIGN, texts[j]);

            assert_int_equal(pin_equals(pin, other), i == j);
            pin_free(pin);
            pin_free(other);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_characters_of_each_role),
        TEST(test_lengths_of_each_role),
        TEST(test_the_command_is_built_in_the_page),
        TEST(test_wipes_a_pin_that_is_given_back),
        TEST(test_asks_the_kernel_for_protection),
        TEST(test_works_without_protection),
        TEST(test_the_page_is_zero_when_it_is_unmapped),
        TEST(test_the_page_is_zero_in_a_forked_child),
        TEST(test_the_page_grows_when_it_is_full),
        TEST(test_no_memory_is_an_error),
        TEST(test_pins_do_not_overlap),
        TEST(test_equal_pins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
