/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_LOG_H
#define CONF_LOG_H

#include <stdbool.h>

/*
 * The log. One line per record, written with one call, to syslog, stderr or
 * a file: in the latter two with the time in UTC, process and level before it,
 * in the former with "jpki-pkcs11: ". A line is cut at 1024 bytes and goes
 * through text_sanitize. Nothing in the project may pass a PIN, a
 * certificate's subject or a certificate's bytes to it, at any level
 * (docs/design.md section 6).
 *
 * Every function may be called from any thread, and from a forked child. The
 * host's syslog state (openlog) is left alone.
 */

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARN,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG,
};

/*
 * Opens the log at LEVEL. TARGET is "syslog", "stderr" or the path of a file,
 * which is created 0600, appended to and never followed through a symbolic
 * link; where it exists, its mode becomes 0600, and it has to belong to the
 * effective user. Until the first log_open, and after log_close, records of
 * level warn and above go to syslog. A second log_open replaces the first. In a
 * set-uid program no file is opened: the records go to syslog.
 *
 * Returns 0, or an errno value when the file cannot be opened (EINVAL for what
 * is no regular file, EPERM for one of another user): the log then goes on as
 * it was, with one warning that says why.
 */
int log_open(enum log_level level, const char *target);

/* Closes the file, if one is open, and returns to the state before log_open. */
void log_close(void);

/* True when a record of LEVEL would be written somewhere. */
bool log_wants(enum log_level level);

/* Writes one record; use the macros below. errno is left as it was. */
void log_write(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Reports in one line why the module refuses to work, and what to do about it,
 * to a person who may have no access to the log: to the log at level error, to
 * syslog in any case, and to standard error where that is a terminal or a pipe,
 * with "jpki-pkcs11: " before it. A file or socket with the number 2 may be the
 * host's own and is left alone. It neither waits for a full pipe or a stopped
 * terminal nor raises SIGPIPE. errno is left as it was.
 */
void log_report(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_write(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
