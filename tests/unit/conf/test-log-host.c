/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conf/log.h"
#include "tests/module/thread_state.h"
#include "tests/unit/conf/files.h"

/* The log as a guest: descriptors, signals, threads and forks of its host. */

static unsigned count_descriptors(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void test_leaves_no_file_open_and_none_to_children(void **state)
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

static int test_survives_a_stderr_that_nobody_reads(struct files *files)
{
    int reader = files_pipe_stderr();
    sigset_t before;
    sigset_t after;
    sigset_t pending;

    (void)files;
    signal(SIGPIPE, SIG_DFL);
    if (reader < 0)
        return 1;
    close(reader);
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

static int test_leaves_the_hosts_own_signal_pending(struct files *files)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGPIPE);
    if (test_survives_a_stderr_that_nobody_reads(files) != 4)
        return 1;
    return 0;
}

static int test_survives_a_limit_on_file_sizes(struct files *files)
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

static void test_never_becomes_stderr(void **state)
{
    struct files *files = *state;

    assert_int_equal(files_run_child(open_without_stderr, files), 0);
    files_expect_message(files_path(files, "log"), "x");
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

static void test_writes_to_stderr_and_leaves_it_open(void **state)
{
    struct files *files = *state;

    assert_int_equal(files_run_child(log_to_stderr, files), 0);
    files_expect_message(files_path(files, "stderr"), "x");
}

#define THREADS 4
#define RECORDS 250

static atomic_int busy_threads;

static void *log_many(void *argument)
{
    const char *letter = argument;
    char text[400];

    memset(text, letter[0], sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < RECORDS; i++)
        log_warn("<%s>", text);
    busy_threads--;
    return NULL;
}

static void test_loses_and_mixes_no_records_of_threads(void **state)
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
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
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
    atomic_int *thread_id = argument;

    atomic_store(thread_id, thread_own_id());
    log_warn("parent");
    return NULL;
}

/* A thread of the parent is inside the log, at a full pipe, when it forks. */
static int fork_while_logging(struct files *files)
{
    int reader = files_pipe_stderr();
    atomic_int thread_id = 0;
    pthread_t thread;

    if (reader < 0)
        return 1;
    files_fill_stderr();
    log_open(LOG_LEVEL_WARN, "stderr");
    if (pthread_create(&thread, NULL, log_and_block, &thread_id) != 0)
        return 2;
    if (!thread_settles(&thread_id, NULL))
        return 3;
    return files_run_child(log_in_child, files);
}

static void test_works_in_the_child_of_a_fork(void **state)
{
    struct files *files = *state;

    assert_int_equal(files_run_child(fork_while_logging, files), 0);
    files_expect_message(files_path(files, "log"), "child");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_leaves_no_file_open_and_none_to_children),
        FILES_CHILD_TEST(test_survives_a_stderr_that_nobody_reads),
        FILES_CHILD_TEST(test_leaves_the_hosts_own_signal_pending),
        FILES_CHILD_TEST(test_survives_a_limit_on_file_sizes),
        FILES_TEST(test_never_becomes_stderr),
        FILES_TEST(test_writes_to_stderr_and_leaves_it_open),
        FILES_TEST(test_loses_and_mixes_no_records_of_threads),
        FILES_TEST(test_works_in_the_child_of_a_fork),
    };

    return cmocka_run_group_tests_name("log-host", tests, NULL, NULL);
}
