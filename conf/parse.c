/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/fileperm.h"
#include "conf/words.h"
#include "conf/words_conf.h"

/*
 * Every line is a section, a key, a comment or an error, so that none has less
 * effect than its writer meant: no text after `]`, no `:` for `=`, no
 * continuation lines, no key twice.
 */

/* A bound on the work, far above any real file. */
#define MAX_FILE 65536

static const char blanks[] = " \t";

struct parser {
    const char *path;
    enum conf_source source;
    struct conf_file *file;
    struct conf checked; /* every value so far, whatever its section */
    unsigned line;
    /* Of the section that the line is in; its name NULL before the first. */
    const char *name;
    const struct conf_section *section; /* NULL for [app NAME] */
    const char *app;                    /* NAME, or NULL */
    char *error;                        /* of the first line that fails */
};

static int fail(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps "FILE:LINE: MESSAGE" as the parser's error; before the first line,
   "FILE: MESSAGE". */
static int fail(struct parser *parser, const char *format, ...)
{
    char line[16] = "";
    va_list args;
    char *message = NULL;
    int length;

    if (parser->line > 0)
        snprintf(line, sizeof line, ":%u", parser->line);
    va_start(args, format);
    length = vasprintf(&message, format, args);
    va_end(args);
    if (length < 0)
        return ENOMEM;
    length = asprintf(&parser->error, "%s%s: %s", parser->path, line, message);
    free(message);
    if (length >= 0)
        return EINVAL;
    parser->error = NULL;
    return ENOMEM;
}

static int enter_section(struct parser *parser, const char *name)
{
    static const char prefix[] = "app ";
    const char *app = name + strlen(prefix);

    parser->name = name;
    parser->section = conf_section_find(name);
    parser->app = NULL;
    if (parser->section)
        return 0;
    if (strncmp(name, prefix, strlen(prefix)) != 0 || app[0] == '\0')
        return fail(parser, words(W_CONF_UNKNOWN_SECTION), name);
    if (strpbrk(app, "/;") || strchr(blanks, app[0]) ||
        strchr(blanks, app[strlen(app) - 1]))
        return fail(parser, words(W_CONF_NO_EXECUTABLE), name);
    parser->app = app;
    return 0;
}

/* A line that begins with `[`. */
static int parse_section(struct parser *parser, char *line)
{
    char *name = line + 1, *end = strchr(name, ']'), *rest;

    if (!end)
        return fail(parser, words(W_CONF_SECTION_OPEN));
    rest = end + 1 + strspn(end + 1, blanks);
    if (rest[0] != '\0' && rest[0] != ';' && rest[0] != '#')
        return fail(parser, words(W_CONF_TEXT_AFTER));
    *end = '\0';
    return enter_section(parser, name);
}

static void trim_end(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && strchr(blanks, text[length - 1]))
        length--;
    text[length] = '\0';
}

/* Ends VALUE before a comment, which is a `;` after a blank. */
static void drop_comment(char *value)
{
    char *c;

    for (c = value; *c != '\0'; c++) {
        if (c[0] == ';' && c > value && strchr(blanks, c[-1])) {
            *c = '\0';
            return;
        }
    }
}

static int fail_value(
    struct parser *parser, const struct conf_key *key, const char *value)
{
    char takes[128];

    conf_key_describe(key, takes, sizeof takes);
    return fail(parser, words(W_CONF_BAD_VALUE), value, key->name, takes);
}

/* True when KEY stands before in a section of the same name. */
static bool is_set(const struct parser *parser, const struct conf_key *key)
{
    const struct conf_file *file = parser->file;
    size_t i;

    for (i = 0; i < file->count; i++)
        if (file->settings[i].key == key &&
            conf_setting_is_for(&file->settings[i], parser->app))
            return true;
    return false;
}

static int add_setting(
    struct conf_file *file, const struct conf_setting *setting)
{
    struct conf_setting *settings =
        reallocarray(file->settings, file->count + 1, sizeof *settings);

    if (!settings)
        return ENOMEM;
    file->settings = settings;
    file->settings[file->count++] = *setting;
    return 0;
}

static int set_key(struct parser *parser, const char *name, const char *value)
{
    const struct conf_key *key = conf_key_find(parser->section, name);
    struct conf_setting setting = {
        key, value, parser->app, false, parser->line};
    int status;

    if (!key)
        return fail(parser, words(W_CONF_UNKNOWN_KEY), name, parser->name);
    setting.again = is_set(parser, key);
    if (setting.again && !key->type->repeats)
        return fail(parser, words(W_CONF_REPEATED_KEY), name, parser->name);
    if (value[0] == '"' || value[0] == '\'')
        return fail(parser, words(W_CONF_QUOTES), key->name);
    status = conf_key_set(&parser->checked, key, value);
    if (status == EINVAL)
        return fail_value(parser, key, value);
    return status == 0 ? add_setting(parser->file, &setting) : status;
}

static int parse_key(struct parser *parser, char *line)
{
    char *sign = line + strcspn(line, "=:;"), *value = sign + 1;

    if (*sign != '=')
        return fail(parser, words(W_CONF_NO_KEY_VALUE));
    if (!parser->name)
        return fail(parser, words(W_CONF_KEY_FIRST));
    *sign = '\0';
    drop_comment(value);
    trim_end(line);
    trim_end(value);
    return set_key(parser, line, value + strspn(value, blanks));
}

static bool has_control_byte(const char *line, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];

        if ((byte < ' ' && byte != '\t') || byte == 0x7f)
            return true;
    }
    return false;
}

/* LINE has LENGTH bytes, and a NUL after them. */
static int parse_line(struct parser *parser, char *line, size_t length)
{
    if (has_control_byte(line, length))
        return fail(parser, words(W_CONF_CONTROL));
    line += strspn(line, blanks);
    switch (line[0]) {
    case '\0':
    case '#':
    case ';':
        return 0;
    case '[':
        return parse_section(parser, line);
    default:
        return parse_key(parser, line);
    }
}

/* The file's text has LENGTH bytes, and room for one more. */
static int parse_text(struct parser *parser, size_t length)
{
    static const char order_mark[] = "\xef\xbb\xbf";
    char *line = parser->file->text, *end = line + length, *next;
    int status = 0;

    *end = '\0';
    if (strncmp(line, order_mark, strlen(order_mark)) == 0)
        line += strlen(order_mark);
    for (; status == 0 && line < end; line = next) {
        char *stop = memchr(line, '\n', (size_t)(end - line));

        stop = stop ? stop : end;
        next = stop + 1;
        if (stop > line && stop[-1] == '\r')
            stop--;
        *stop = '\0';
        parser->line++;
        status = parse_line(parser, line, (size_t)(stop - line));
    }
    parser->file->enforce = parser->checked.enforce;
    conf_done(&parser->checked);
    return status;
}

/* Keeps the words for ERROR, for which the file is not read, and a remedy. */
static int fail_errno(struct parser *parser, int error)
{
    static const struct words remedies[] = {
        [CONF_SYSTEM] = {W_CONF_SYSTEM_UNREADABLE},
        [CONF_USER] = {W_CONF_USER_UNREADABLE},
        [CONF_USER_NAMED] = {W_CONF_NAMED_UNREADABLE},
    };

    return fail(
        parser, "%s: %s", strerror(error), words_of(&remedies[parser->source]));
}

/* Why an opened file is not to be read, or NULL. */
static const char *refuse_file(int fd, enum conf_source source)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return words(W_CONF_NOT_REGULAR);
    if (source != CONF_SYSTEM)
        return fileperm_refusal(&st);
    if (getauxval(AT_SECURE) && (st.st_mode & (S_IWGRP | S_IWOTH)))
        return words(W_CONF_SET_UID);
    return NULL;
}

static bool can_search_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = !slash ? 0 : (size_t)(slash - path) + 1;
    char folder[PATH_MAX];

    if (length >= sizeof folder)
        return false;
    memcpy(folder, path, length);
    folder[length] = '\0';
    return faccessat(AT_FDCWD, folder, X_OK, AT_EACCESS) == 0;
}

/*
 * True when the file of PARSER, which cannot be opened for ERROR, is one that
 * may be missing and is. A service with the HOME of another user may not search
 * that folder, and has no file there. The system's folder is open to everybody:
 * one that is closed may hold a policy, which must not be lost.
 */
static bool is_missing(const struct parser *parser, int error)
{
    if (parser->source == CONF_USER_NAMED)
        return false;
    if (error == ENOENT || error == ENOTDIR)
        return true;
    if (parser->source == CONF_SYSTEM)
        return false;
    if (error == EACCES || error == ELOOP)
        return !can_search_folder_of(parser->path);
    return error == ENAMETOOLONG;
}

static int parse_fd(int fd, struct parser *parser)
{
    const char *refusal = refuse_file(fd, parser->source);
    ssize_t length = 0;

    if (refusal)
        return fail(parser, "%s", refusal);
    parser->file->text = malloc(MAX_FILE + 1);
    if (!parser->file->text)
        return ENOMEM;
    length = fileperm_read(fd, parser->file->text, MAX_FILE + 1);
    if (length < 0)
        return fail_errno(parser, errno);
    if (length > MAX_FILE)
        return fail(parser, words(W_CONF_TOO_LARGE));
    return parse_text(parser, (size_t)length);
}

int conf_file_read(const char *path, enum conf_source source,
    struct conf_file *file, char **ret_error)
{
    struct parser parser = {.path = path, .source = source, .file = file};
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int error = errno;
    int status = 0;

    if (fd >= 0) {
        status = parse_fd(fd, &parser);
        close(fd);
    } else if (!is_missing(&parser, error)) {
        status = fail_errno(&parser, error);
    }
    *ret_error = parser.error;
    return status;
}

void conf_file_done(struct conf_file *file)
{
    free(file->settings);
    free(file->text);
}

bool conf_setting_is_for(const struct conf_setting *setting, const char *app)
{
    if (!setting->app || !app)
        return setting->app == app;
    return strcmp(setting->app, app) == 0;
}
