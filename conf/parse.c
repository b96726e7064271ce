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

#include <ini.h>

#include "conf/fileperm.h"

/*
 * inih splits lines into section, key and value. What it lets pass silently is
 * refused before it sees it, so that no line of a file can have less effect
 * than its writer meant: text after `]`, `:` for `=`, continuation lines, long
 * lines cut in two and long section names cut short.
 */

/* A bound on the work, far above any real file. */
#define MAX_FILE 65536

/* inih keeps 50 bytes with the terminator. */
#define MAX_SECTION 49

static const char blanks[] = " \t";

/* A section as it stands in the file, and the keys it has set so far. */
struct section {
    struct section *next;
    const struct conf_section *row; /* NULL for [app NAME] */
    struct conf_layer *layer;
    uint32_t seen;
    char name[MAX_SECTION + 1];
};

struct parser {
    const char *path;
    enum conf_source source;
    const char *program;
    struct conf_file *file;
    const char *at; /* the text not yet read */
    const char *end;
    unsigned line;
    struct section *sections; /* all that the file named so far */
    struct section *current;  /* NULL before the first */
    int status;               /* the first failure stops the reading */
    char *error;
};

static int fail(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps "FILE:LINE: MESSAGE" as the parser's error. */
static int fail(struct parser *parser, const char *format, ...)
{
    va_list args;
    char *message = NULL;

    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    va_end(args);
    if (message == NULL || asprintf(&parser->error, "%s:%u: %s", parser->path,
                               parser->line, message) < 0) {
        parser->error = NULL;
        parser->status = ENOMEM;
    } else {
        parser->status = EINVAL;
    }
    free(message);
    return parser->status;
}

static struct section *find_section(struct parser *parser, const char *name)
{
    for (struct section *s = parser->sections; s != NULL; s = s->next) {
        if (strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}

/* Resolves NAME into ROW and LAYER of a section; the reader has set NAME. */
static int resolve_section(struct parser *parser, struct section *section)
{
    static const char prefix[] = "app ";
    const char *app = section->name + strlen(prefix);

    section->row = conf_section_find(section->name);
    if (section->row != NULL) {
        section->layer = &parser->file->plain;
        return 0;
    }
    if (strncmp(section->name, prefix, strlen(prefix)) != 0 || app[0] == '\0')
        return fail(parser, "unknown section [%s]", section->name);
    if (strpbrk(app, "/;") != NULL || strchr(blanks, app[0]) != NULL ||
        strchr(blanks, app[strlen(app) - 1]) != NULL)
        return fail(parser, "[%s] does not name an executable, without folder",
            section->name);
    section->layer = strcmp(app, parser->program) == 0 ? &parser->file->app
                                                       : &parser->file->others;
    return 0;
}

static int enter_section(struct parser *parser, const char *name, size_t length)
{
    struct section *section = calloc(1, sizeof(*section));
    struct section *known = NULL;

    if (section == NULL)
        return parser->status = ENOMEM;
    memcpy(section->name, name, length);
    known = find_section(parser, section->name);
    if (known != NULL) {
        free(section);
        parser->current = known;
        return 0;
    }
    section->next = parser->sections;
    parser->sections = section;
    parser->current = section;
    return resolve_section(parser, section);
}

/* A line that begins with `[`. */
static int check_section_line(struct parser *parser, const char *line)
{
    const char *name = line + 1;
    size_t length = strcspn(name, "]");
    const char *rest = name + length + 1;

    if (name[length] == '\0')
        return fail(parser, "section without \"]\"");
    if (length > MAX_SECTION)
        return fail(parser, "section name longer than %d bytes", MAX_SECTION);
    rest += strspn(rest, blanks);
    if (rest[0] != '\0' && rest[0] != ';' && rest[0] != '#')
        return fail(parser, "text after \"]\"");
    return enter_section(parser, name, length);
}

static int check_key_line(struct parser *parser, const char *line)
{
    if (line[strcspn(line, "=:;")] != '=')
        return fail(parser, "not of the form \"key = value\"");
    if (parser->current == NULL)
        return fail(parser, "key before the first section");
    return 0;
}

/* The bytes of the next line, without its end; LENGTH of them. */
static const char *take_line(struct parser *parser, size_t *ret_length)
{
    const char *line = parser->at;
    size_t left = (size_t)(parser->end - line);
    const char *newline = memchr(line, '\n', left);
    size_t length = newline == NULL ? left : (size_t)(newline - line);

    parser->at = newline == NULL ? parser->end : newline + 1;
    parser->line++;
    if (parser->line == 1 && length >= 3 &&
        memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
        length -= 3;
    }
    if (length > 0 && line[length - 1] == '\r')
        length--;
    while (length > 0 && strchr(blanks, line[0]) != NULL && line[0] != '\0') {
        line++;
        length--;
    }
    *ret_length = length;
    return line;
}

static bool has_control_byte(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];

        if ((byte < ' ' && byte != '\t') || byte == 0x7F)
            return true;
    }
    return false;
}

/*
 * inih's reader, in the manner of fgets. Leading blanks are dropped, or inih
 * would take an indented line for the continuation of the one before; comments
 * may be of any length, so they are handed over as empty lines.
 */
static char *read_line(char *buffer, int size, void *stream)
{
    struct parser *parser = stream;
    const char *line = NULL;
    size_t length = 0;

    if (parser->status != 0 || parser->at == parser->end)
        return NULL;
    line = take_line(parser, &length);
    if (has_control_byte(line, length)) {
        fail(parser, "control character");
        return NULL;
    }
    if (length > 0 && (line[0] == '#' || line[0] == ';'))
        length = 0;
    if (length + 3 > (size_t)size) {
        fail(parser, "line longer than %d bytes", size - 3);
        return NULL;
    }
    memcpy(buffer, line, length);
    buffer[length] = '\0';
    if (buffer[0] == '[')
        check_section_line(parser, buffer);
    else if (buffer[0] != '\0')
        check_key_line(parser, buffer);
    memcpy(buffer + length, "\n", 2);
    return parser->status == 0 ? buffer : NULL;
}

static void fail_value(
    struct parser *parser, const struct conf_key *key, const char *value)
{
    char takes[128];

    conf_key_describe(key, takes, sizeof(takes));
    fail(parser, "bad value \"%s\" for %s (it takes: %s)", value, key->name,
        takes);
}

/* inih's handler: returns 0 on failure. The reader knows the section better. */
static int handle_key(
    void *user, const char *section_name, const char *name, const char *value)
{
    struct parser *parser = user;
    struct section *section = parser->current;
    const struct conf_key *key = conf_key_find(section->row, name);
    int status = 0;

    if (key == NULL) {
        fail(parser, "unknown key \"%s\" in [%s]", name, section_name);
        return 0;
    }
    if (!key->type->repeats && (section->seen & conf_key_bit(key))) {
        fail(parser, "repeated key \"%s\" in [%s]", name, section_name);
        return 0;
    }
    if (value[0] == '"' || value[0] == '\'') {
        fail(parser, "quotes around the value of %s: leave them out", name);
        return 0;
    }
    section->seen |= conf_key_bit(key);
    status = conf_layer_set(section->layer, key, value);
    if (status == EINVAL)
        fail_value(parser, key, value);
    else
        parser->status = status;
    return status == 0;
}

static void free_sections(struct section *section)
{
    while (section != NULL) {
        struct section *next = section->next;

        free(section);
        section = next;
    }
}

static int parse_text(struct parser *parser)
{
    int result = ini_parse_stream(read_line, parser, handle_key, parser);

    free_sections(parser->sections);
    /* Only an inih of other habits refuses what the checks let pass. */
    if (result > 0 && parser->status == 0) {
        parser->line = (unsigned)result;
        fail(parser, "cannot be parsed");
    }
    return result < 0 ? ENOMEM : parser->status;
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

/* Keeps the text of ERROR, for which the file cannot be read, and what to do.
 */
static int fail_errno(const struct parser *parser, int error, char **ret_error)
{
    static const char *const remedies[] = {
        [CONF_SYSTEM] = "the administrator has to make it readable",
        [CONF_USER] = "make it readable or move it away",
        [CONF_USER_NAMED] = "correct JPKI_PKCS11_CONF, which names it",
    };
    char buffer[128];
    char reason[256];

    snprintf(reason, sizeof(reason), "%s: %s",
        strerror_r(error, buffer, sizeof(buffer)), remedies[parser->source]);
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
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char folder[PATH_MAX];

    if (length >= sizeof(folder))
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

    if (refusal != NULL)
        return fail_file(parser->path, refusal, ret_error);
    text = malloc(MAX_FILE + 1);
    if (text == NULL)
        return ENOMEM;
    length = read_all(fd, text, MAX_FILE + 1);
    if (length < 0) {
        status = fail_errno(parser, errno, ret_error);
    } else if (length > MAX_FILE) {
        status = fail_file(
            parser->path, "larger than 64 KiB: shorten it", ret_error);
    } else {
        parser->at = text;
        parser->end = text + length;
        status = parse_text(parser);
        if (status == EINVAL)
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
    conf_done(&file->others.conf);
}
