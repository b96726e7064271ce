/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "conf/fileperm.h"
#include "conf/lock.h"
#include "conf/text.h"
#include "conf/words.h"
#include "conf/words_log.h"

/* The longest record, its newline included. */
#define MAX_RECORD 1024

#define NO_FD (-1)

/* How a level is written and what syslog calls it. */
static const struct {
    const char *name;
    int priority;
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
    [LOG_LEVEL_WARN] = {"warn", LOG_WARNING},
    [LOG_LEVEL_INFO] = {"info", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

/* The level is atomic so that log_wants costs no lock. */
static atomic_int wanted_level = LOG_LEVEL_WARN;

/* Held while a record is written: no other thread closes the descriptor. */
static struct lock mutex = LOCK_INITIALIZER;
static struct lock_owner mutex_owner;
static int fd GUARDED_BY(mutex) = NO_FD; /* NO_FD: syslog */

static void reset_mutex(void)
{
    lock_reset(&mutex);
}

static void lock(void) ACQUIRE(mutex);

static void lock(void)
{
    lock_reset_after_fork(&mutex_owner, reset_mutex);
    lock_acquire(&mutex);
}

/* Puts NEW_FD and LEVEL in force; closes the file that was open. */
static void replace(int new_fd, enum log_level level)
{
    int old_fd = NO_FD;

    lock();
    old_fd = fd;
    fd = new_fd;
    atomic_store(&wanted_level, (int)level);
    lock_release(&mutex);
    if (old_fd > STDERR_FILENO)
        close(old_fd);
}

/*
 * A host may run without a standard error: the file must not take its number,
 * or whatever the host prints would land in the log.
 */
static int move_above_stderr(int file)
{
    int moved = NO_FD;

    if (file > STDERR_FILENO)
        return file;
    moved = fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(file);
    return moved;
}

/* An opened file on its way to be the log. */
struct candidate {
    int fd;
    bool made_private;   /* its mode was changed */
    const char *refusal; /* in words; NULL: errno has it */
};

static int check_file(struct candidate *file)
{
    struct stat st;

    if (fstat(file->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        file->refusal = words(W_LOG_FILE_NOT_REGULAR);
        return EINVAL;
    }
    file->refusal = fileperm_make_private(file->fd, &st, &file->made_private);
    return file->refusal ? EPERM : 0;
}

static int open_file(const char *path, struct candidate *file)
{
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
                      O_NOCTTY | O_NONBLOCK;
    int status = 0;

    file->fd = open(path, flags, S_IRUSR | S_IWUSR);
    if (file->fd < 0)
        return errno;
    status = check_file(file);
    if (status != 0) {
        close(file->fd);
        return status;
    }
    file->fd = move_above_stderr(file->fd);
    return file->fd < 0 ? EMFILE : 0;
}

static void tell_refusal(const char *path, const char *refusal, int error)
{
    if (error == ELOOP)
        refusal = words(W_LOG_FILE_LINK);
    log_warn(words(W_LOG_FILE), path, refusal ? refusal : strerror(error));
}

int log_open(enum log_level level, const char *target)
{
    struct candidate file = {NO_FD, false, NULL};
    int status = 0;

    if (strcmp(target, "stderr") == 0)
        file.fd = STDERR_FILENO;
    else if (strcmp(target, "syslog") != 0 && !getauxval(AT_SECURE))
        status = open_file(target, &file);
    if (status != 0) {
        tell_refusal(target, file.refusal, status);
        return status;
    }
    replace(file.fd, level);
    if (file.made_private)
        log_warn(words(W_LOG_FILE_MADE_PRIVATE), target);
    return 0;
}

void log_close(void)
{
    replace(NO_FD, LOG_LEVEL_WARN);
}

bool log_wants(enum log_level level)
{
    return (int)level <= atomic_load(&wanted_level);
}

static void put_message(char *record, size_t used, const char *format,
    va_list args) __attribute__((format(printf, 3, 0)));

/* Puts the message after the first USED bytes of RECORD, with room for "\n". */
static void put_message(
    char *record, size_t used, const char *format, va_list args)
{
    size_t room = MAX_RECORD - used;
    int length = vsnprintf(record + used, room, format, args);

    if (length < 0)
        record[used] = '\0';
    else if ((size_t)length >= room)
        record[used + text_cut(record + used, room - 1)] = '\0';
    text_sanitize(record + used);
}

/* What syslog does not add by itself: the host's ident names the host. */
static size_t put_syslog_head(char *record)
{
    static const char head[] = "jpki-pkcs11: ";

    memcpy(record, head, sizeof head);
    return sizeof head - 1;
}

static size_t put_head(char *record, enum log_level level)
{
    struct timespec now = {0, 0};
    struct tm utc = {0};
    size_t used = 0;
    int length = 0;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    used = strftime(record, MAX_RECORD, "%Y-%m-%dT%H:%M:%S", &utc);
    length = snprintf(record + used, MAX_RECORD - used,
        ".%03ldZ jpki-pkcs11[%d] %s: ", now.tv_nsec / 1000000, (int)getpid(),
        levels[level].name);
    return length < 0 ? used : used + (size_t)length;
}

/* The signal that a failed write has raised in this thread, or 0. */
static int raised_signal(ssize_t written)
{
    if (written >= 0)
        return 0;
    return errno == EPIPE ? SIGPIPE : errno == EFBIG ? SIGXFSZ : 0;
}

/*
 * Writes RECORD, with a "\n" for its NUL, without a signal that would end the
 * host: a standard error without a reader raises SIGPIPE, a file at its size
 * limit SIGXFSZ. Both come to the thread that writes, so they can be taken back
 * before it sees them. SIGTTOU, which stops a background job, is not raised
 * where it is blocked.
 */
static void write_record(int to, char *record)
{
    size_t length = strlen(record);
    const struct timespec at_once = {0, 0};
    sigset_t deadly;
    sigset_t pending;
    sigset_t before;
    ssize_t written = 0;
    int raised = 0;

    record[length++] = '\n';
    sigemptyset(&deadly);
    sigaddset(&deadly, SIGPIPE);
    sigaddset(&deadly, SIGXFSZ);
    sigaddset(&deadly, SIGTTOU);
    sigemptyset(&pending);
    sigpending(&pending);
    if (pthread_sigmask(SIG_BLOCK, &deadly, &before) != 0)
        return;
    do
        written = write(to, record, length);
    while (written < 0 && errno == EINTR);
    raised = raised_signal(written);
    if (raised != 0 && !sigismember(&pending, raised)) {
        sigemptyset(&deadly);
        sigaddset(&deadly, raised);
        sigtimedwait(&deadly, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void log_write(enum log_level level, const char *format, ...)
{
    char record[MAX_RECORD];
    va_list args;
    size_t used = 0;
    int saved = errno;

    if (!log_wants(level))
        return;
    lock();
    used = fd == NO_FD ? put_syslog_head(record) : put_head(record, level);
    va_start(args, format);
    put_message(record, used, format, args);
    va_end(args);
    if (fd == NO_FD)
        syslog(LOG_USER | levels[level].priority, "%s", record);
    else
        write_record(fd, record);
    lock_release(&mutex);
    errno = saved;
}

/* True when TO is a terminal or a pipe, and has room for a record. */
static bool is_read_by_a_person(int to)
{
    struct pollfd room = {.fd = to, .events = POLLOUT};
    struct stat st;

    if (fstat(to, &st) != 0)
        return false;
    if (!S_ISFIFO(st.st_mode) && !(S_ISCHR(st.st_mode) && isatty(to)))
        return false;
    return poll(&room, 1, 0) == 1 && room.revents == POLLOUT;
}

void log_report(const char *format, ...)
{
    char record[MAX_RECORD];
    size_t head = put_syslog_head(record);
    int saved = errno;
    int log_fd = NO_FD;
    va_list args;

    lock();
    log_fd = fd;
    lock_release(&mutex);
    va_start(args, format);
    put_message(record, head, format, args);
    va_end(args);
    log_error("%s", record + head);
    if (log_fd != NO_FD)
        syslog(LOG_USER | LOG_ERR, "%s", record);
    if (log_fd != STDERR_FILENO && is_read_by_a_person(STDERR_FILENO))
        write_record(STDERR_FILENO, record);
    errno = saved;
}
