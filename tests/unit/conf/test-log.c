/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/log.h"
#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

static int teardown(void **state)
{
    log_close();
    return files_teardown(state);
}

static void starts_as_syslog_at_warn(void **state)
{
    (void)state;
    log_warn("reader %d", 7);
    assert_string_equal(libc_syslog.text, "jpki-pkcs11: reader 7");
    assert_int_equal(libc_syslog.priority, LOG_USER | LOG_WARNING);
    log_error("x");
    assert_int_equal(libc_syslog.priority, LOG_USER | LOG_ERR);
    log_info("x");
    log_debug("x");
    assert_int_equal(libc_syslog.count, 2);
}

static void maps_levels_to_syslog(void **state)
{
    (void)state;
    assert_int_equal(log_open(LOG_LEVEL_DEBUG, "syslog"), 0);
    log_info("x");
    assert_int_equal(libc_syslog.priority, LOG_USER | LOG_INFO);
    log_debug("x");
    assert_int_equal(libc_syslog.priority, LOG_USER | LOG_DEBUG);
}

static void filters_by_level(void **state)
{
    struct files *files = *state;
    const char *path = files_path(files, "log");

    for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
        char *text = NULL;

        remove(path);
        assert_int_equal(log_open((enum log_level)level, path), 0);
        for (int of = LOG_LEVEL_ERROR; of <= LOG_LEVEL_DEBUG; of++) {
            assert_int_equal(log_wants((enum log_level)of), of <= level);
            log_write((enum log_level)of, "x");
        }
        text = files_read(path);
        assert_int_equal(files_count_lines(text), level + 1);
        free(text);
    }
    assert_int_equal(libc_syslog.count, 0);
}

static void writes_time_process_and_level(void **state)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    struct files *files = *state;
    const char *path = files_path(files, "log");

    for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
        char pattern[160];
        char *text = NULL;
        regex_t regex;

        remove(path);
        assert_int_equal(log_open(LOG_LEVEL_DEBUG, path), 0);
        log_write((enum log_level)level, "a %s", "b");
        snprintf(pattern, sizeof(pattern),
            "^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
            "\\.[0-9]{3}Z jpki-pkcs11\\[%d\\] %s: a b\n$",
            (int)getpid(), names[level]);
        assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
        text = files_read(path);
        if (regexec(&regex, text, 0, NULL, 0) != 0)
            fail_msg("%s", text);
        regfree(&regex);
        free(text);
    }
}

static void creates_the_file_for_its_owner_only(void **state)
{
    struct files *files = *state;
    const char *path = files_path(files, "log");
    mode_t before = umask(0);
    int status = log_open(LOG_LEVEL_WARN, path);
    struct stat st;

    umask(before);
    assert_int_equal(status, 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void appends_to_the_file(void **state)
{
    struct files *files = *state;
    const char *path = files_path(files, "log");
    char *text = NULL;

    files_write(path, "before\n", 7);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(log_open(LOG_LEVEL_WARN, path), 0);
    log_warn("x");
    log_close();
    text = files_read(path);
    assert_memory_equal(text, "before\n", 7);
    assert_int_equal(files_count_lines(text), 2);
    free(text);
}

/* A file of one's own that others could read or write. */
static void test_an_open_file_is_made_private(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0666};
    struct files *files = *state;
    const char *path = files_path(files, "log");

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        char *text = NULL;
        struct stat st;

        files_write(path, "", 0);
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(log_open(LOG_LEVEL_WARN, path), 0);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        text = files_read_message(path);
        assert_non_null(strstr(text, ": was open to others"));
        free(text);
    }
}

/* After a refusal, which is told, the log goes on as it was. */
static void assert_refused(struct files *files, const char *name, int expected)
{
    assert_int_equal(
        log_open(LOG_LEVEL_DEBUG, files_path(files, name)), expected);
    assert_int_equal(libc_syslog.count, 1);
    assert_non_null(strstr(libc_syslog.text, files_path(files, name)));
    assert_false(log_wants(LOG_LEVEL_INFO));
    log_warn("x");
    assert_int_equal(libc_syslog.count, 2);
}

static void test_a_file_of_another_user_is_refused(void **state)
{
    static const mode_t modes[] = {0600, 0666};
    struct files *files = *state;
    const char *path = files_path(files, "log");

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct stat st;

        libc_reset();
        files_write(path, "", 0);
        assert_int_equal(chmod(path, modes[i]), 0);
        libc_user = geteuid() + 1;
        assert_refused(files, "log", EPERM);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, modes[i]);
        assert_int_equal(st.st_size, 0);
    }
}

static void refuses_a_symbolic_link(void **state)
{
    struct files *files = *state;
    struct stat st;

    assert_int_equal(symlink("target", files_path(files, "log")), 0);
    assert_refused(files, "log", ELOOP);
    assert_int_equal(stat(files_path(files, "target"), &st), -1);
}

static void refuses_a_folder(void **state)
{
    struct files *files = *state;

    assert_int_equal(mkdir(files_path(files, "log"), 0700), 0);
    assert_refused(files, "log", EISDIR);
}

static void refuses_a_fifo_with_a_reader(void **state)
{
    struct files *files = *state;
    int reader = -1;

    assert_int_equal(mkfifo(files_path(files, "log"), 0600), 0);
    reader = open(files_path(files, "log"), O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_refused(files, "log", EINVAL);
    close(reader);
}

static void refuses_a_fifo_and_does_not_wait_for_it(void **state)
{
    struct files *files = *state;

    assert_int_equal(mkfifo(files_path(files, "log"), 0600), 0);
    assert_refused(files, "log", ENXIO);
}

static void refuses_a_file_in_no_folder(void **state)
{
    assert_refused(*state, "missing/log", ENOENT);
}

static void keeps_the_old_file_when_the_new_is_refused(void **state)
{
    struct files *files = *state;
    char *message = NULL;

    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "log")), 0);
    assert_int_equal(
        log_open(LOG_LEVEL_WARN, files_path(files, "missing/log")), ENOENT);
    message = files_read_message(files_path(files, "log"));
    assert_non_null(strstr(message, "missing/log: No such file or directory"));
    free(message);
}

static void set_uid_program_opens_no_file(void **state)
{
    struct files *files = *state;
    struct stat st;

    libc_at_secure = true;
    assert_int_equal(log_open(LOG_LEVEL_INFO, files_path(files, "log")), 0);
    log_info("x");
    assert_int_equal(stat(files_path(files, "log"), &st), -1);
    assert_string_equal(libc_syslog.text, "jpki-pkcs11: x");
}

static void log_to_file(struct files *files, const char *message)
{
    remove(files_path(files, "log"));
    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "log")), 0);
    log_warn("%s", message);
    log_close();
}

static void sanitizes_messages(void **state)
{
    static const struct {
        const char *message;
        const char *expected;
    } cases[] = {
        {"a\nb\n", "a?b?"},
        {"a\r\tb", "a??b"},
        {"\x1B[31m", "?[31m"},
        {"\x7F", "?"},
        {"\xC2\x9B"
         "31m",
            "?31m"},
        {"\xC2\xA0 \xE3\x82\xAB\xE3\x83\xBC\xE3\x83\x89",
            "\xC2\xA0 \xE3\x82\xAB\xE3\x83\xBC\xE3\x83\x89"},
        {"", ""},
        {"\xC2", "?"},
        {"\xE2\x80\xAE"
         "evil",
            "?evil"},
    };
    struct files *files = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *message = NULL;

        log_to_file(files, cases[i].message);
        message = files_read_message(files_path(files, "log"));
        assert_string_equal(message, cases[i].expected);
        free(message);
        log_warn("%s", cases[i].message);
        assert_string_equal(
            libc_syslog.text + strlen("jpki-pkcs11: "), cases[i].expected);
    }
}

/* Fills TEXT: SHIFT dots, then CHARACTER as often as LENGTH bytes hold it. */
static void fill(char *text, size_t shift, const char *character, size_t length)
{
    size_t step = strlen(character);

    memset(text, '.', shift);
    for (size_t i = shift; i + step <= length; i += step) {
        memcpy(text + i, character, step);
        text[i + step] = '\0';
    }
}

static void cuts_between_characters(void **state)
{
    static const char *const characters[] = {
        "x", "\xC3\xA9", "\xE3\x82\xAB", "\xF0\xA0\xAE\x9F"};
    struct files *files = *state;

    for (size_t i = 0; i < 16; i++) {
        const char *character = characters[i / 4];
        size_t step = strlen(character);
        char longest[2000];
        char *text = NULL;
        char *message = NULL;

        fill(longest, i % 4, character, sizeof(longest) - 1);
        log_to_file(files, longest);
        text = files_read(files_path(files, "log"));
        assert_in_range(strlen(text), 1024 - step + 1, 1024);
        message = files_read_message(files_path(files, "log"));
        assert_memory_equal(message, longest, strlen(message));
        assert_int_equal((strlen(message) - i % 4) % step, 0);
        free(message);
        free(text);
    }
}

static void cuts_what_is_no_utf8_somewhere(void **state)
{
    struct files *files = *state;
    char longest[2000];
    char *text = NULL;

    fill(longest, 0, "\x82", sizeof(longest) - 1);
    log_to_file(files, longest);
    text = files_read(files_path(files, "log"));
    assert_in_range(strlen(text), 1020, 1024);
    free(text);
}

static void leaves_errno_alone(void **state)
{
    struct files *files = *state;

    errno = EDOM;
    log_warn("x");
    assert_int_equal(errno, EDOM);
    assert_int_equal(libc_syslog.count, 1);
    log_debug("x");
    assert_int_equal(errno, EDOM);
    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "log")), 0);
    errno = EDOM;
    log_warn("x");
    assert_int_equal(errno, EDOM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(starts_as_syslog_at_warn),
        TEST(maps_levels_to_syslog),
        TEST(filters_by_level),
        TEST(writes_time_process_and_level),
        TEST(creates_the_file_for_its_owner_only),
        TEST(appends_to_the_file),
        TEST(test_an_open_file_is_made_private),
        TEST(test_a_file_of_another_user_is_refused),
        TEST(refuses_a_symbolic_link),
        TEST(refuses_a_folder),
        TEST(refuses_a_fifo_with_a_reader),
        TEST(refuses_a_fifo_and_does_not_wait_for_it),
        TEST(refuses_a_file_in_no_folder),
        TEST(keeps_the_old_file_when_the_new_is_refused),
        TEST(set_uid_program_opens_no_file),
        TEST(sanitizes_messages),
        TEST(cuts_between_characters),
        TEST(cuts_what_is_no_utf8_somewhere),
        TEST(leaves_errno_alone),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
