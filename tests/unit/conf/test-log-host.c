/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/log.h"
#include "tests/unit/conf/files.h"

/* The log as a guest: descriptors, signals, threads and forks of its host. */

static int teardown(void **state)
{
    log_close();
    return files_teardown(state);
}

static unsigned count_descriptors(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void leaves_no_file_open_and_none_to_children(void **state)
{
    struct files *files = *state;
    unsigned before = count_descriptors();
    int next = dup(0);

    close(next);
    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "a")), 0);
    assert_int_equal(fcntl(next, F_GETFD), FD_CLOEXEC);
    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "b")), 0);
    assert_int_equal(count_descriptors(), before + 1);
    log_close();
    assert_int_equal(count_descriptors(), before);
}

static int log_to_broken_pipe(struct files *files)
{
    int ends[2] = {-1, -1};
    sigset_t before;
    sigset_t after;
    sigset_t pending;

    (void)files;
    signal(SIGPIPE, SIG_DFL);
    if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return 1;
    close(ends[0]);
    sigprocmask(SIG_BLOCK, NULL, &before);
    log_open(LOG_LEVEL_WARN, "stderr");
    errno = EDOM;
    log_warn("x");
    if (errno != EDOM)
        return 2;
    sigprocmask(SIG_BLOCK, NULL, &after);
    if (sigismember(&before, SIGPIPE) != sigismember(&after, SIGPIPE))
        return 3;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) ? 4 : 0;
}

static void survives_a_stderr_that_nobody_reads(void **state)
{
    assert_int_equal(files_run_child(log_to_broken_pipe, *state), 0);
}

static int keep_own_pending_signal(struct files *files)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGPIPE);
    if (log_to_broken_pipe(files) != 4)
        return 1;
    return 0;
}

static void leaves_the_hosts_own_signal_pending(void **state)
{
    assert_int_equal(files_run_child(keep_own_pending_signal, *state), 0);
}

static int log_beyond_the_size_limit(struct files *files)
{
    const struct rlimit limit = {0, 0};

    signal(SIGXFSZ, SIG_DFL);
    if (log_open(LOG_LEVEL_WARN, files_path(files, "log")) != 0)
        return 1;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 2;
    log_warn("x");
    return 0;
}

static void survives_a_limit_on_file_sizes(void **state)
{
    assert_int_equal(files_run_child(log_beyond_the_size_limit, *state), 0);
}

static int open_without_stderr(struct files *files)
{
    close(0);
    close(1);
    close(2);
    if (log_open(LOG_LEVEL_WARN, files_path(files, "log")) != 0)
        return 1;
    log_warn("x");
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            return 2;
    }
    return 0;
}

static void never_becomes_stderr(void **state)
{
    struct files *files = *state;
    char *message = NULL;

    assert_int_equal(files_run_child(open_without_stderr, files), 0);
    message = files_read_message(files_path(files, "log"));
    assert_string_equal(message, "x");
    free(message);
}

static int log_to_stderr(struct files *files)
{
    int fd = open(files_path(files, "stderr"), O_WRONLY | O_CREAT, 0600);

    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
        return 1;
    log_open(LOG_LEVEL_WARN, "stderr");
    log_warn("x");
    log_close();
    return fcntl(STDERR_FILENO, F_GETFD) < 0;
}

static void writes_to_stderr_and_leaves_it_open(void **state)
{
    struct files *files = *state;
    char *message = NULL;

    assert_int_equal(files_run_child(log_to_stderr, files), 0);
    message = files_read_message(files_path(files, "stderr"));
    assert_string_equal(message, "x");
    free(message);
}

#define THREADS 4
#define RECORDS 250

static atomic_int busy_threads;

static void *log_many(void *argument)
{
    const char *letter = argument;
    char text[400];

    memset(text, letter[0], sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    for (int i = 0; i < RECORDS; i++)
        log_warn("<%s>", text);
    busy_threads--;
    return NULL;
}

static void loses_and_mixes_no_records_of_threads(void **state)
{
    static char names[THREADS][2] = {"a", "b", "c", "d"};
    struct files *files = *state;
    pthread_t threads[THREADS];
    char *text = NULL;
    size_t lines = 0;

    busy_threads = THREADS;
    assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "log")), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, log_many, names[i]), 0);
    /* A file that is closed under a thread would cost it a record. */
    while (busy_threads > 0)
        assert_int_equal(log_open(LOG_LEVEL_WARN, files_path(files, "log")), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    text = files_read(files_path(files, "log"));
    for (char *line = strtok(text, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        char *open = strchr(line, '<');

        assert_non_null(open);
        assert_int_equal(strspn(open + 1, (char[]){open[1], '\0'}), 399);
        assert_string_equal(open + 400, ">");
        lines++;
    }
    assert_int_equal(lines, THREADS * RECORDS);
    free(text);
}

static int log_in_child(struct files *files)
{
    if (log_open(LOG_LEVEL_WARN, files_path(files, "log")) != 0)
        return 1;
    log_warn("child");
    return 0;
}

static void *log_and_block(void *argument)
{
    (void)argument;
    log_warn("parent");
    return NULL;
}

/* A thread of the parent is inside the log, at a full pipe, when it forks. */
static int fork_while_logging(struct files *files)
{
    int ends[2] = {-1, -1};
    pthread_t thread;

    if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return 1;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], "x", 1) == 1)
        continue;
    fcntl(ends[1], F_SETFL, 0);
    log_open(LOG_LEVEL_WARN, "stderr");
    if (pthread_create(&thread, NULL, log_and_block, NULL) != 0)
        return 2;
    usleep(100000);
    return files_run_child(log_in_child, files);
}

static void works_in_the_child_of_a_fork(void **state)
{
    struct files *files = *state;
    char *message = NULL;

    assert_int_equal(files_run_child(fork_while_logging, files), 0);
    message = files_read_message(files_path(files, "log"));
    assert_string_equal(message, "child");
    free(message);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(leaves_no_file_open_and_none_to_children),
        TEST(survives_a_stderr_that_nobody_reads),
        TEST(leaves_the_hosts_own_signal_pending),
        TEST(survives_a_limit_on_file_sizes),
        TEST(never_becomes_stderr),
        TEST(writes_to_stderr_and_leaves_it_open),
        TEST(loses_and_mixes_no_records_of_threads),
        TEST(works_in_the_child_of_a_fork),
    };

    return cmocka_run_group_tests_name("log-host", tests, NULL, NULL);
}
