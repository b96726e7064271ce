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
#include "conf/text.h"

/*
 * Every line is a section, a key, a comment or an error, so that none has less
 * effect than its writer meant: no text after `]`, no `:` for `=`, no
 * continuation lines, no key twice.
 */

/* A bound on the work, far above any real file. */
#define MAX_FILE 65536

static const char blanks[] = " \t";

/* What the file says for a program that does not run: checked, not used. */
struct other {
    struct other *next;
    const char *app;
    struct conf_layer layer;
};

struct parser {
    const char *path;
    enum conf_source source;
    const char *program;
    struct conf_file *file;
    struct other *others;
    unsigned line;
    /* Of the section that the line is in; its name NULL before the first. */
    const char *name;
    const struct conf_section *section; /* NULL for [app NAME] */
    struct conf_layer *layer;
    char *error; /* of the first line that fails */
};

static int fail(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps "FILE:LINE: MESSAGE" as the parser's error. */
static int fail(struct parser *parser, const char *format, ...)
{
    va_list args;
    char *message = NULL;
    int length;

    va_start(args, format);
    length = vasprintf(&message, format, args);
    va_end(args);
    if (length < 0)
        return ENOMEM;
    length = asprintf(
        &parser->error, "%s:%u: %s", parser->path, parser->line, message);
    free(message);
    if (length >= 0)
        return EINVAL;
    parser->error = NULL;
    return ENOMEM;
}

static struct conf_layer *find_app_layer(struct parser *parser, const char *app)
{
    struct other *other;

    if (strcmp(app, parser->program) == 0)
        return &parser->file->app;
    for (other = parser->others; other; other = other->next)
        if (strcmp(other->app, app) == 0)
            return &other->layer;
    other = calloc(1, sizeof *other);
    if (!other)
        return NULL;
    other->app = app;
    other->next = parser->others;
    parser->others = other;
    return &other->layer;
}

static void free_others(struct parser *parser)
{
    while (parser->others) {
        struct other *other = parser->others;

        parser->others = other->next;
        conf_done(&other->layer.conf);
        free(other);
    }
}

static int enter_section(struct parser *parser, const char *name)
{
    static const char prefix[] = "app ";
    const char *app = name + strlen(prefix);

    parser->name = name;
    parser->section = conf_section_find(name);
    if (parser->section) {
        parser->layer = &parser->file->plain;
        return 0;
    }
    if (strncmp(name, prefix, strlen(prefix)) != 0 || app[0] == '\0')
        return fail(parser, "unknown section [%s]", name);
    if (strpbrk(app, "/;") || strchr(blanks, app[0]) ||
        strchr(blanks, app[strlen(app) - 1]))
        return fail(
            parser, "[%s] does not name an executable, without folder", name);
    parser->layer = find_app_layer(parser, app);
    return parser->layer ? 0 : ENOMEM;
}

/* A line that begins with `[`. */
static int parse_section(struct parser *parser, char *line)
{
    char *name = line + 1, *end = strchr(name, ']'), *rest;

    if (!end)
        return fail(parser, "section without \"]\"");
    rest = end + 1 + strspn(end + 1, blanks);
    if (rest[0] != '\0' && rest[0] != ';' && rest[0] != '#')
        return fail(parser, "text after \"]\"");
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
    return fail(parser, "bad value \"%s\" for %s (it takes: %s)", value,
        key->name, takes);
}

static int set_key(struct parser *parser, const char *name, const char *value)
{
    const struct conf_key *key = conf_key_find(parser->section, name);
    int status;

    if (!key)
        return fail(parser, "unknown key \"%s\" in [%s]", name, parser->name);
    if (!key->type->repeats && (parser->layer->set & conf_key_bit(key)))
        return fail(parser, "repeated key \"%s\" in [%s]", name, parser->name);
    if (value[0] == '"' || value[0] == '\'')
        return fail(
            parser, "quotes around the value of %s: leave them out", key->name);
    status = conf_layer_set(parser->layer, key, value);
    return status == EINVAL ? fail_value(parser, key, value) : status;
}

static int parse_key(struct parser *parser, char *line)
{
    char *sign = line + strcspn(line, "=:;"), *value = sign + 1;

    if (*sign != '=')
        return fail(parser, "not of the form \"key = value\"");
    if (!parser->name)
        return fail(parser, "key before the first section");
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
        return fail(parser, "control character");
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

/* TEXT has LENGTH bytes, and room for one more. */
static int parse_text(struct parser *parser, char *text, size_t length)
{
    static const char order_mark[] = "\xef\xbb\xbf";
    char *line = text, *end = text + length, *next;
    int status = 0;

    *end = '\0';
    if (strncmp(text, order_mark, strlen(order_mark)) == 0)
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
    free_others(parser);
    return status;
}

/* Keeps "PATH: REASON" as the error of a file that was not parsed. */
static int fail_file(const char *path, const char *reason, char **ret_error)
{
    char *error = NULL;

    if (asprintf(&error, "%s: %s", path, reason) < 0)
        return ENOMEM;
    *ret_error = error;
    return EINVAL;
}

/* Keeps the words for ERROR, for which the file is not read, and a remedy. */
static int fail_errno(const struct parser *parser, int error, char **ret_error)
{
    static const char *const remedies[] = {
        [CONF_SYSTEM] = "the administrator has to make it readable",
        [CONF_USER] = "make it readable or move it away",
        [CONF_USER_NAMED] = "correct JPKI_PKCS11_CONF, which names it",
    };
    char buffer[128];
    char reason[256];

    text_of_errno(error, buffer, sizeof buffer);
    snprintf(reason, sizeof reason, "%s: %s", buffer, remedies[parser->source]);
    return fail_file(parser->path, reason, ret_error);
}

/* Why an opened file is not to be read, or NULL. */
static const char *refuse_file(int fd, enum conf_source source)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return "not a regular file: replace it with one";
    if (source != CONF_SYSTEM)
        return fileperm_refusal(&st);
    if (getauxval(AT_SECURE) && (st.st_mode & (S_IWGRP | S_IWOTH)))
        return "writable by others, in a set-uid program: run chmod go-w on it";
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

/* Reads up to SIZE bytes of FD; returns how many, or -1. */
static ssize_t read_all(int fd, char *text, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t got = read(fd, text + length, size - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

static int parse_fd(int fd, struct parser *parser, char **ret_error)
{
    const char *refusal = refuse_file(fd, parser->source);
    char *text = NULL;
    ssize_t length = 0;
    int status = 0;

    if (refusal)
        return fail_file(parser->path, refusal, ret_error);
    text = malloc(MAX_FILE + 1);
    if (!text)
        return ENOMEM;
    length = read_all(fd, text, MAX_FILE + 1);
    if (length < 0) {
        status = fail_errno(parser, errno, ret_error);
    } else if (length > MAX_FILE) {
        status = fail_file(
            parser->path, "larger than 64 KiB: shorten it", ret_error);
    } else {
        status = parse_text(parser, text, (size_t)length);
        *ret_error = parser->error;
    }
    free(text);
    return status;
}

int conf_file_read(const char *path, enum conf_source source,
    const char *program, struct conf_file *file, char **ret_error)
{
    struct parser parser = {
        .path = path, .source = source, .program = program, .file = file};
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int error = errno;
    int status = 0;

    if (fd < 0 && is_missing(&parser, error))
        return 0;
    if (fd < 0)
        return fail_errno(&parser, error, ret_error);
    status = parse_fd(fd, &parser, ret_error);
    close(fd);
    return status;
}

void conf_file_done(struct conf_file *file)
{
    conf_done(&file->plain.conf);
    conf_done(&file->app.conf);
}
