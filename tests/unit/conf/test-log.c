/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "conf/log.h"
#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

static void test_syslog(void **state)
{
    static const int priorities[] = {LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG};

    (void)state;
    log_info("x");
    log_debug("x");
    assert_int_equal(libc_syslog.count, 0);
    log_warn("reader %d", 7);
    assert_string_equal(libc_syslog.text, "jpki-pkcs11: reader 7");
    assert_int_equal(log_open(LOG_LEVEL_DEBUG, "syslog"), 0);
    for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
        log_write((enum log_level)level, "x");
        assert_int_equal(libc_syslog.priority, LOG_USER | priorities[level]);
    }
}

static void test_filters_by_level(void **state)
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

static void test_writes_time_process_and_level(void **state)
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
        snprintf(pattern, sizeof pattern,
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

static void test_creates_the_file_for_its_owner_only(void **state)
{
    struct files *files = *state;
    const char *path = files_path(files, "log");
    mode_t before = umask(0);
    int status = log_open(LOG_LEVEL_WARN, path);

    umask(before);
    assert_int_equal(status, 0);
    assert_int_equal(files_mode(path), 0600);
}

static void test_appends_to_the_file(void **state)
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

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char message[256];

        files_write(path, "", 0);
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(log_open(LOG_LEVEL_WARN, path), 0);
        assert_int_equal(files_mode(path), 0600);
        snprintf(message, sizeof message,
            "log: %s: was open to others: its mode is 0600 now", path);
        files_expect_message(path, message);
    }
}

/* After a refusal, which is told, the log goes on as it was. */
static void assert_refused(struct files *files, const char *name, int expected)
{
    libc_syslog.count = 0;
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

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char *text;

        libc_reset();
        files_write(path, "", 0);
        assert_int_equal(chmod(path, modes[i]), 0);
        libc_user = geteuid() + 1;
        assert_refused(files, "log", EPERM);
        assert_int_equal(files_mode(path), modes[i]);
        text = files_read(path);
        assert_string_equal(text, "");
        free(text);
    }
}

/* None of them is opened, nor waited for. */
static void test_what_is_no_file_is_refused(void **state)
{
    struct files *files = *state;
    char fifo[128];
    int reader;

    assert_int_equal(symlink("target", files_path(files, "link")), 0);
    assert_int_equal(mkdir(files_path(files, "folder"), 0700), 0);
    snprintf(fifo, sizeof fifo, "%s/fifo", files->folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused(files, "link", ELOOP);
    assert_int_equal(files_mode(files_path(files, "target")), -1);
    assert_refused(files, "folder", EISDIR);
    assert_refused(files, "fifo", ENXIO);
    reader = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_refused(files, "fifo", EINVAL);
    close(reader);
    assert_refused(files, "missing/log", ENOENT);
}

static void test_keeps_the_old_file_when_the_new_is_refused(void **state)
{
    struct files *files = *state;
    char message[256];

    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "log")), 0);
    assert_int_equal(
        log_open(LOG_LEVEL_WARN, files_path(files, "missing/log")), ENOENT);
    snprintf(message, sizeof message,
        "log: %s/missing/log: No such file or directory", files->folder);
    files_expect_message(files_path(files, "log"), message);
}

static void test_set_uid_program_opens_no_file(void **state)
{
    struct files *files = *state;

    libc_at_secure = true;
    assert_int_equal(log_open(LOG_LEVEL_INFO, files_path(files, "log")), 0);
    log_info("x");
    assert_int_equal(files_mode(files_path(files, "log")), -1);
    assert_string_equal(libc_syslog.text, "jpki-pkcs11: x");
}

static void log_to_file(struct files *files, const char *message)
{
    remove(files_path(files, "log"));
    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "log")), 0);
    log_warn("%s", message);
    log_close();
}

static void test_sanitizes_messages(void **state)
{
    static const struct {
        const char *message;
        const char *expected;
    } cases[] = {
        {"a\nb\n", "a?b?"},
        {"a\r\tb", "a??b"},
        {"\x1b[31m", "?[31m"},
        {"\x7f", "?"},
        {"\xc2\x9b"
         "31m",
            "?31m"},
        {"\xc2\xa0 \xe3\x82\xab\xe3\x83\xbc\xe3\x83\x89",
            "\xc2\xa0 \xe3\x82\xab\xe3\x83\xbc\xe3\x83\x89"},
        {"", ""},
        {"\xc2", "?"},
        {"\xe2\x80\xae"
         "evil",
            "?evil"},
    };
    struct files *files = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        log_to_file(files, cases[i].message);
        files_expect_message(files_path(files, "log"), cases[i].expected);
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

static void test_cuts_between_characters(void **state)
{
    static const char *const characters[] = {
        "x", "\xc3\xa9", "\xe3\x82\xab", "\xf0\xa0\xae\x9f"};
    struct files *files = *state;

    for (size_t i = 0; i < 16; i++) {
        const char *character = characters[i / 4];
        size_t step = strlen(character);
        char longest[2000];
        char *text, *message;

        fill(longest, i % 4, character, sizeof longest - 1);
        log_to_file(files, longest);
        text = files_read(files_path(files, "log"));
        assert_in_range(strlen(text), 1024 - step + 1, 1024);
        text[strcspn(text, "\n")] = '\0';
        message = strstr(text, " warn: ") + strlen(" warn: ");
        assert_memory_equal(message, longest, strlen(message));
        assert_int_equal((strlen(message) - i % 4) % step, 0);
        free(text);
    }
}

static void test_cuts_what_is_no_utf8_somewhere(void **state)
{
    struct files *files = *state;
    char longest[2000];
    char *text = NULL;

    fill(longest, 0, "\x82", sizeof longest - 1);
    log_to_file(files, longest);
    text = files_read(files_path(files, "log"));
    assert_in_range(strlen(text), 1020, 1024);
    free(text);
}

static void test_leaves_errno_alone(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_syslog),
        FILES_TEST(test_filters_by_level),
        FILES_TEST(test_writes_time_process_and_level),
        FILES_TEST(test_creates_the_file_for_its_owner_only),
        FILES_TEST(test_appends_to_the_file),
        FILES_TEST(test_an_open_file_is_made_private),
        FILES_TEST(test_a_file_of_another_user_is_refused),
        FILES_TEST(test_what_is_no_file_is_refused),
        FILES_TEST(test_keeps_the_old_file_when_the_new_is_refused),
        FILES_TEST(test_set_uid_program_opens_no_file),
        FILES_TEST(test_sanitizes_messages),
        FILES_TEST(test_cuts_between_characters),
        FILES_TEST(test_cuts_what_is_no_utf8_somewhere),
        FILES_TEST(test_leaves_errno_alone),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
