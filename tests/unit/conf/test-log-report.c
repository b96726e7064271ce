/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <syslog.h>
#include <termios.h>
#include <unistd.h>

#include "conf/log.h"
#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

/*
 * Who reads why the module refuses to work: syslog, the log, and standard
 * error where a person is behind it. Each test has a standard error of its own,
 * in a child.
 */

/* Reports "no"; 0 when syslog has it, and errno is as it was. */
static int report_no(void)
{
    errno = EDOM;
    log_report("%s", "no");
    if (errno != EDOM)
        return 101;
    if (libc_syslog.count != 1 ||
        strcmp(libc_syslog.text, "jpki-pkcs11: no") != 0)
        return 102;
    return libc_syslog.priority == (LOG_USER | LOG_ERR) ? 0 : 103;
}

/* What has arrived at FD, without waiting for more. */
static const char *take(int fd)
{
    static char text[4096];
    ssize_t length = 0;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    length = read(fd, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

/* Reports "no"; 0 when EXPECTED has arrived at the other end of stderr. */
static int report_to(int reader, const char *expected)
{
    int status = reader < 0 ? 77 : report_no();

    if (status != 0)
        return status;
    return strcmp(take(reader), expected) == 0 ? 0 : 1;
}

static int test_a_pipe_gets_the_line(struct files *files)
{
    (void)files;
    return report_to(files_pipe_stderr(), "jpki-pkcs11: no\n");
}

/* Makes a new terminal standard error; returns its other side, or -1. */
static int open_terminal(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int slave = -1;

    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        return -1;
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    return slave >= 0 && dup2(slave, STDERR_FILENO) >= 0 ? master : -1;
}

static int test_a_terminal_gets_the_line(struct files *files)
{
    (void)files;
    return report_to(open_terminal(), "jpki-pkcs11: no\r\n");
}

static int test_a_stopped_terminal_is_not_waited_for(struct files *files)
{
    (void)files;
    if (open_terminal() < 0)
        return 77;
    return tcflow(STDERR_FILENO, TCOOFF) == 0 ? report_no() : 1;
}

static int report_in_the_background(struct files *files)
{
    (void)files;
    return setpgid(0, 0) == 0 ? report_no() : 1;
}

/*
 * With `stty tostop` SIGTTOU stops a background job that writes to its
 * terminal; the wait for a stopped child is ended by the alarm.
 */
static int test_a_background_job_is_not_stopped(struct files *files)
{
    struct termios modes;
    int master = setsid() < 0 ? -1 : open_terminal();

    if (master < 0 || ioctl(STDERR_FILENO, TIOCSCTTY, 0) != 0 ||
        tcgetattr(STDERR_FILENO, &modes) != 0)
        return 77;
    modes.c_lflag |= TOSTOP;
    if (tcsetattr(STDERR_FILENO, TCSANOW, &modes) != 0)
        return 77;
    if (files_run_child(report_in_the_background, files) != 0)
        return 1;
    return strcmp(take(master), "jpki-pkcs11: no\r\n") == 0 ? 0 : 2;
}

/* The host's own data file, which has the number 2. */
static int test_a_file_is_left_alone(struct files *files)
{
    int fd = open(files_path(files, "data"), O_RDWR | O_CREAT, 0600);

    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
        return 1;
    if (report_no() != 0)
        return 2;
    return lseek(fd, 0, SEEK_END) == 0 ? 0 : 3;
}

/* The host's own connection, or the journal, which has it from syslog. */
static int test_a_socket_is_left_alone(struct files *files)
{
    int ends[2];

    (void)files;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
        dup2(ends[1], STDERR_FILENO) < 0)
        return 1;
    return report_to(ends[0], "");
}

static int test_no_standard_error_is_needed(struct files *files)
{
    (void)files;
    close(STDERR_FILENO);
    if (report_no() != 0)
        return 1;
    return fcntl(STDERR_FILENO, F_GETFD) < 0 ? 0 : 2;
}

/* SIGPIPE would end the child. */
static int test_a_broken_pipe_raises_no_signal(struct files *files)
{
    int reader = files_pipe_stderr();
    sigset_t pending;

    (void)files;
    signal(SIGPIPE, SIG_DFL);
    if (reader < 0)
        return 1;
    close(reader);
    if (report_no() != 0)
        return 2;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) ? 3 : 0;
}

/* A write that waits is ended by the alarm. */
static int test_a_full_pipe_is_not_waited_for(struct files *files)
{
    int reader = files_pipe_stderr();

    (void)files;
    if (reader < 0)
        return 1;
    files_fill_stderr();
    return report_no();
}

static void test_the_log_gets_the_line_as_well(void **state)
{
    struct files *files = *state;
    char *text = NULL;

    assert_int_equal(log_open(LOG_LEVEL_ERROR, files_path(files, "log")), 0);
    assert_int_equal(files_run_child(test_a_pipe_gets_the_line, files), 0);
    text = files_read(files_path(files, "log"));
    assert_int_equal(files_count_lines(text), 1);
    assert_non_null(strstr(text, " error: no\n"));
    free(text);
}

/* A log on standard error has the line; it does not come twice. */
static int test_a_log_on_standard_error_has_it_once(struct files *files)
{
    const char *text = NULL;
    int reader = files_pipe_stderr();

    (void)files;
    if (reader < 0 || log_open(LOG_LEVEL_ERROR, "stderr") != 0)
        return 1;
    if (report_no() != 0)
        return 2;
    text = take(reader);
    return files_count_lines(text) == 1 && strstr(text, " error: no\n") ? 0 : 3;
}

static int test_a_report_is_one_line(struct files *files)
{
    char much[3000];
    const char *text = NULL;
    int reader = files_pipe_stderr();

    (void)files;
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    if (reader < 0)
        return 1;
    log_report("a\nb\x1b[2J%s", much);
    text = take(reader);
    if (strncmp(text, "jpki-pkcs11: a?b?[2Jxxx", 23) != 0)
        return 2;
    return files_count_lines(text) == 1 && strlen(text) == 1024 ? 0 : 3;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_CHILD_TEST(test_a_pipe_gets_the_line),
        FILES_CHILD_TEST(test_a_terminal_gets_the_line),
        FILES_CHILD_TEST(test_a_stopped_terminal_is_not_waited_for),
        FILES_CHILD_TEST(test_a_background_job_is_not_stopped),
        FILES_CHILD_TEST(test_a_file_is_left_alone),
        FILES_CHILD_TEST(test_a_socket_is_left_alone),
        FILES_CHILD_TEST(test_no_standard_error_is_needed),
        FILES_CHILD_TEST(test_a_broken_pipe_raises_no_signal),
        FILES_CHILD_TEST(test_a_full_pipe_is_not_waited_for),
        FILES_TEST(test_the_log_gets_the_line_as_well),
        FILES_CHILD_TEST(test_a_log_on_standard_error_has_it_once),
        FILES_CHILD_TEST(test_a_report_is_one_line),
    };

    return cmocka_run_group_tests_name("log-report", tests, NULL, NULL);
}
