/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/text.h"
#include "conf/words.h"
#include "conf/words_register.h"
#include "conf/words_tool.h"

#define LABEL_COLUMNS 16

static bool has_colours;

/* ECMA-48: bold, green, yellow, red. */
static const char *const colours[TONES] = {
    [TONE_PLAIN] = "",
    [TONE_TITLE] = "\033[1m",
    [TONE_GOOD] = "\033[32m",
    [TONE_NOTE] = "\033[33m",
    [TONE_BAD] = "\033[31m",
};

void output_init(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    has_colours = isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term &&
                  term[0] && strcmp(term, "dumb") != 0;
}

/* TEXT, of several lines, without what acts on a terminal. */
static void tell_lines(char *text)
{
    char *line;

    while ((line = strsep(&text, "\n")) != NULL) {
        text_sanitize(line);
        fprintf(stderr, "%s\n", line);
    }
}

void complain(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int len;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    fputs("jpki: ", stderr);
    if (len < 0)
        fprintf(stderr, "%s\n", words(W_REGISTER_MEMORY));
    else
        tell_lines(text);
    if (len >= 0)
        free(text);
}

static void vprint(enum tone tone, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void vprint(enum tone tone, const char *format, va_list args)
{
    bool coloured = has_colours && tone != TONE_PLAIN;

    if (coloured)
        fputs(colours[tone], stdout);
    vprintf(format, args);
    if (coloured)
        fputs("\033[0m", stdout);
}

void print(enum tone tone, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprint(tone, format, args);
    va_end(args);
}

/* True for the lead bytes of U+1100 and above: three bytes or four. */
static bool is_wide(unsigned char byte)
{
    return byte >= 0xe1;
}

size_t text_width(const char *text)
{
    size_t width = 0;

    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if ((byte & 0xc0) != 0x80)
            width += is_wide(byte) ? 2 : 1;
    }
    return width;
}

void print_field(const char *label, enum tone tone, const char *format, ...)
{
    size_t width = text_width(label);
    va_list args;

    printf("    %s%*s", label,
        width < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - width) : 1, "");
    va_start(args, format);
    vprint(tone, format, args);
    va_end(args);
    putchar('\n');
}

void print_json_string(const char *text)
{
    char *copy = strdup(text);
    const char *c;

    putchar('"');
    if (copy)
        text_sanitize(copy);
    for (c = copy; c && *c; c++) {
        if (*c == '"' || *c == '\\')
            putchar('\\');
        putchar(*c);
    }
    putchar('"');
    free(copy);
}

bool output_finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    complain(words(W_OUTPUT_FAILED), strerror(errno));
    return false;
}
